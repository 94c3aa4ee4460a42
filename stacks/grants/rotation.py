"""Rotation of app secrets: their versions and labels in both regions, and the functions inside the VPC."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.app_secrets import arns_of
from stacks.grants.grant import Grant


def stage_secrets(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the copies of both regions, and add a pending version to them."""
    read_and_stage = (
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    )
    return _grant(read_and_stage, _copies(plan, names), "the new login is written into the copy of each region")


def move_labels(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Move the labels of secret versions; no value is read."""
    labels = ("secretsmanager:DescribeSecret", "secretsmanager:UpdateSecretVersionStage")
    return _grant(labels, _copies(plan, names), "labels tell which version is current, and which is proven")


def read_login(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read a secret version inside the VPC, so that no password is in a payload."""
    why = "the login a version holds; AWS appends six random characters to the ARN of a secret"
    return _grant(("secretsmanager:GetSecretValue",), _app_secrets(plan, names), why)


def invoke_set_password(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL function that sets the password of a staged version here."""
    return [_ask(names, "SetPassword", "sets the new password of the user that is not in use")]


def invoke_retire_user(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL function that retires the user no longer in use here."""
    return [_ask(names, "RetireUser", "sets a random password for the user that was in use before")]


def invoke_try_login(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL functions that try a login in both regions."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    why = "whether a database accepts a login"
    return [_ask(names, "TryLogin", why), _ask(there, "TryLogin", why)]


def redeploy(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Replace the tasks of this region's services."""
    places = [service.places[names.region] for service in plan.services]
    services = tuple(names.service(place.cluster, place.service) for place in places)
    return [Grant(("ecs:UpdateService",), services, "new tasks, which read the current secrets")]


def _ask(names: ResourceNames, step: str, why: str) -> Grant:
    function = names.arn("lambda", f"function:{names.function('secret_rotation', step)}")
    return Grant(actions=("lambda:InvokeFunction",), resources=(function,), why=why)


def _grant(actions: tuple[str, ...], resources: tuple[str, ...], why: str) -> list[Grant]:
    """Nothing for a plan without logins: a statement needs a resource."""
    return [Grant(actions, resources, why)] if resources else []


def _copies(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return _app_secrets(plan, names) + _app_secrets(plan, there)


def _app_secrets(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    return arns_of(plan.with_passwords(), names)
