"""Rotation of app secrets: their versions and labels in both regions, and the functions inside the VPC."""

from __future__ import annotations

from lyo_dr.model.plan import DATABASE_URL, Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def stage_secrets(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the copies of both regions, and put a pending version beside them."""
    read_and_stage = (
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    )
    return [Grant(read_and_stage, _copies(plan, names), "the new login is written into the copy of each region")]


def move_labels(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Say which version counts; no value is read."""
    labels = ("secretsmanager:DescribeSecret", "secretsmanager:UpdateSecretVersionStage")
    return [Grant(labels, _copies(plan, names), "which version is current, and which is proven")]


def read_app_secrets(plan: Plan, names: ResourceNames) -> list[Grant]:
    """For a function inside the VPC: read a version itself, so that no password is in a payload."""
    return [
        Grant(
            ("secretsmanager:GetSecretValue",),
            _app_secrets(plan, names),
            "the login a version holds; AWS appends six random characters to the ARN of a secret",
        )
    ]


def ask_to_set(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask for the password of a staged version to be set here."""
    return [_ask(names, "SetPassword", "the new password of the user that is not in use")]


def ask_to_retire(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask for the user that is no longer in use to be retired here."""
    return [_ask(names, "RetireUser", "a password nobody knows for the user that was in use before")]


def ask_to_try(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Ask what the databases of both regions say to a login."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    why = "is a login accepted, is it refused?"
    return [_ask(names, "TryLogin", why), _ask(there, "TryLogin", why)]


def redeploy_here(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Replace the tasks of this region's services."""
    places = [service.places[names.region] for service in plan.services]
    services = tuple(names.service(place.cluster, place.service) for place in places)
    return [Grant(("ecs:UpdateService",), services, "new tasks, which read the secrets as they are now")]


def _ask(names: ResourceNames, step: str, why: str) -> Grant:
    function = names.arn("lambda", f"function:{names.function('secret_rotation', step)}")
    return Grant(actions=("lambda:InvokeFunction",), resources=(function,), why=why)


def _copies(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return _app_secrets(plan, names) + _app_secrets(plan, there)


def _app_secrets(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    found = [secret.name for secret in plan.secrets if DATABASE_URL in secret.keys]
    return tuple(names.arn("secretsmanager", f"secret:{name}-??????") for name in found)
