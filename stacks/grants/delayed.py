"""The delayed replica of a database: asked and held by a function that speaks SQL, and promoted."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def delayed_replicas(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """ARNs of those the plan names in this region."""
    found = (database.delayed_in(names.region) for database in plan.databases)
    return tuple(names.instance(name) for name in found if name is not None)


def see_delayed(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See whether a delayed replica is there, and what it follows."""
    replicas = delayed_replicas(plan, names)
    return [Grant(("rds:DescribeDBInstances",), replicas, "is it there, and a replica?")] if replicas else []


def ask_replay(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Ask the function that speaks SQL to hold the replay of a delayed replica, or to let it go on."""
    if not delayed_replicas(plan, names):
        return []
    function = names.arn("lambda", f"function:{names.function('database_restore', 'HoldReplay')}")
    return [Grant(("lambda:InvokeFunction",), (function,), "the damage must not reach the delayed replica")]


def delay_replicas(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Change the delay of a delayed replica, in the parameter group that has its name."""
    groups = tuple(arn.replace(":db:", ":pg:") for arn in delayed_replicas(plan, names))
    why = "it is brought as near to the damage as is safe, and the delay set back"
    return [Grant(("rds:ModifyDBParameterGroup",), groups, why)] if groups else []


def inherit_settings(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Give a promoted replica the parameter group of the damaged instance, whose name the plan does not hold."""
    if not delayed_replicas(plan, names):
        return []
    why = "the group of the damaged instance, whose name the plan does not hold"
    return [Grant(("rds:ModifyDBInstance",), (names.arn("rds", "pg:*"),), why)]


def promote_delayed(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Promote a delayed replica instead of a restore."""
    replicas = delayed_replicas(plan, names)
    return [Grant(("rds:PromoteReadReplica",), replicas, "it takes the place of a restore")] if replicas else []
