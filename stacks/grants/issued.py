"""Keys only their issuer can change: reading them for a test, and replacing them."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.app_secrets import arns_of
from stacks.grants.grant import Grant


def read_keys(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read this region's copy, to test a key with its issuer; nothing is written."""
    return _grant(("secretsmanager:GetSecretValue",), _issued(plan, names), "a key that is tested at its issuer")


def describe_versions(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Find the version that was handed over."""
    return _grant(("secretsmanager:DescribeSecret",), _issued(plan, names), "the version with the label of its own")


def replace_keys(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Write the accepted key into the copies of both regions, and remove the label of the handed-over version here."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    change = ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
    labels = ("secretsmanager:DescribeSecret", "secretsmanager:UpdateSecretVersionStage")
    return [
        *_grant(change, _issued(plan, names) + _issued(plan, there), "the new key is written into each region's copy"),
        *_grant(
            labels, _issued(plan, names), "which version was handed over; its label is removed once it is accepted"
        ),
    ]


def _grant(actions: tuple[str, ...], resources: tuple[str, ...], why: str) -> list[Grant]:
    """Nothing for a plan without such keys: a statement needs a resource."""
    return [Grant(actions, resources, why)] if resources else []


def _issued(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    return arns_of((secret for secret in plan.secrets if secret.issued), names)
