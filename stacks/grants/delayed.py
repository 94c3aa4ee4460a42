"""The delayed replica of a database: paused and advanced by a SQL function, and promoted."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def delayed_replicas(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """ARNs of the plan's delayed replicas in this region."""
    found = (database.delayed_in(names.region) for database in plan.databases)
    return tuple(names.instance(name) for name in found if name is not None)


def describe(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the delayed replicas: whether they exist, and what they replicate."""
    replicas = delayed_replicas(plan, names)
    return [Grant(("rds:DescribeDBInstances",), replicas, "whether it exists and is a replica")] if replicas else []


def invoke_replay(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL function that pauses or resumes replay of a delayed replica."""
    if not delayed_replicas(plan, names):
        return []
    function = names.arn("lambda", f"function:{names.function('database_restore', 'HoldReplay')}")
    return [Grant(("lambda:InvokeFunction",), (function,), "the damage must not reach the delayed replica")]


def set_delay(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Change the delay of a delayed replica, in the parameter group that has its name."""
    groups = tuple(arn.replace(":db:", ":pg:") for arn in delayed_replicas(plan, names))
    why = "replay advances as close to the damage as is safe, then the delay is reset"
    return [Grant(("rds:ModifyDBParameterGroup",), groups, why)] if groups else []


def inherit_settings(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Give a promoted replica the parameter group of the damaged instance, whose name the plan does not hold."""
    if not delayed_replicas(plan, names):
        return []
    why = "the group of the damaged instance, whose name the plan does not hold"
    return [Grant(("rds:ModifyDBInstance",), (names.arn("rds", "pg:*"),), why)]


def promote(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Promote a delayed replica instead of a restore."""
    replicas = delayed_replicas(plan, names)
    return [Grant(("rds:PromoteReadReplica",), replicas, "promoted instead of a restore")] if replicas else []
