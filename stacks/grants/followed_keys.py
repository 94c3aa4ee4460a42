"""Keys that follow: the standby reads the active region's secrets and writes its own."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.app_secrets import arns_of
from stacks.grants.grant import Grant


def read_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the other region's copies, and see that they have not changed meanwhile; nothing is written there."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    actions = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
    return _grant(actions, arns_of(plan.following(), there), "the keys that follow are read where they change")


def write(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Write them into this region's copies, under a label of their own that then becomes the current one."""
    actions = (
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    )
    return _grant(actions, arns_of(plan.following(), names), "the keys that follow are written where they are read")


def list_incidents(plan: Plan, names: ResourceNames) -> list[Grant]:
    """List the incidents that run in either region: meanwhile nothing is brought."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    machines = tuple(each.machine("incident_response") for each in (names, there))
    return _grant(
        ("states:ListExecutions",),
        machines if plan.following() else (),
        "nothing is brought while an incident runs in either region",
    )


def _grant(actions: tuple[str, ...], resources: tuple[str, ...], why: str) -> list[Grant]:
    """Nothing for a plan without such keys: a statement needs a resource."""
    return [Grant(actions, resources, why)] if resources else []
