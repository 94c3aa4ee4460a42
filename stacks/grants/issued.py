"""Keys only their issuer can change: who may read them to try them, and who may put a new one in their place."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def read_issued(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read this region's copy, to show a key to its issuer; nothing is written."""
    return _grant(("secretsmanager:GetSecretValue",), _issued(plan, names), "a key that is tried at its issuer")


def see_handed_over(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Which version was handed over."""
    return _grant(("secretsmanager:DescribeSecret",), _issued(plan, names), "the version with the label of its own")


def replace_issued(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Write the accepted key into the copies of both regions, and take the label off what was handed over here."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    change = ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
    labels = ("secretsmanager:DescribeSecret", "secretsmanager:UpdateSecretVersionStage")
    return [
        *_grant(change, _issued(plan, names) + _issued(plan, there), "the new key is written into each region's copy"),
        *_grant(labels, _issued(plan, names), "which version was handed over, and that it was taken"),
    ]


def _grant(actions: tuple[str, ...], resources: tuple[str, ...], why: str) -> list[Grant]:
    """A plan without such keys grants nothing: a statement has to name something."""
    return [Grant(actions, resources, why)] if resources else []


def _issued(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    found = [secret.name for secret in plan.secrets if secret.issued]
    return tuple(names.arn("secretsmanager", f"secret:{name}-??????") for name in found)
