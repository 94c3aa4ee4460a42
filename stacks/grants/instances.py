"""The RDS instances of a database: as planned, restored, delayed, or kept as damaged; and their backups."""

from __future__ import annotations

from lyo_dr.model.plan import Plan, name_base
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.delayed import delayed_replicas
from stacks.grants.grant import Grant

_SEEN = "whether it exists, is ours, and is available"


def describe_backups(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe possible recovery points and snapshots of a database."""
    return [*describe_windows(plan, names), *describe_snapshots(plan, names)]


def describe_windows(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe recovery windows. AWS documents two resource types for this read, and not which of them it checks."""
    return [
        Grant(
            ("rds:DescribeDBInstanceAutomatedBackups",),
            (names.arn("rds", "auto-backup:*"), *current(plan, names)),
            "Amazon RDS chooses the ids of automated backups",
        )
    ]


def describe_snapshots(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the snapshots of current instances. AWS documents two resource types, as above."""
    return [
        Grant(
            ("rds:DescribeDBSnapshots",),
            (*current(plan, names), names.arn("rds", "snapshot:*")),
            "the snapshots of these instances, whatever their names",
        )
    ]


def describe_current(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the plan's instances, and those that replace them after an incident."""
    return [Grant(("rds:DescribeDBInstances",), current(plan, names), _SEEN)]


def describe_planned(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the plan's instances alone."""
    return [Grant(("rds:DescribeDBInstances",), planned(plan, names), _SEEN)]


def describe_restored(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe instances restored by incidents."""
    return [Grant(("rds:DescribeDBInstances",), made(plan, names, "r"), _SEEN)]


def describe_successors(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe instances that replace a damaged one."""
    return [Grant(("rds:DescribeDBInstances",), successors(plan, names), _SEEN)]


def describe_damaged(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe damaged instances that were renamed and kept."""
    return [Grant(("rds:DescribeDBInstances",), made(plan, names, "damaged"), _SEEN)]


def describe_peer_replicas(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the replicas in the other region, and those renamed and kept there."""
    there = peer_of(plan, names)
    return [Grant(("rds:DescribeDBInstances",), replicas(plan, there), _SEEN), *describe_damaged(plan, there)]


def describe_peer_windows(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the backups replicated to the other region, where a database of the plan has no replica there."""
    return [] if len(plan.replicated()) == len(plan.databases) else describe_windows(plan, peer_of(plan, names))


def current(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """Instances that may be the database: planned, restored, or a promoted delayed replica."""
    return (*planned(plan, names), *successors(plan, names))


def successors(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """Restored instances, by the prefix of their names, and delayed replicas."""
    return (*made(plan, names, "r"), *delayed_replicas(plan, names))


def planned(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """The plan's instances in this region."""
    found = (database.instances.get(names.region) for database in plan.databases)
    return tuple(names.instance(identifier) for identifier in found if identifier is not None)


def replicas(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    """Those that are a replica while the other region is active."""
    return tuple(names.instance(database.instance_in(names.region)) for database in plan.replicated())


def made(plan: Plan, names: ResourceNames, kind: str) -> tuple[str, ...]:
    """What incidents have made of the plan's instances: by the prefix of its name."""
    return tuple(
        names.instance(f"{name_base(database.instance_in(names.region))}-{kind}-*")
        for database in plan.databases_in(names.region)
    )


def peer_of(plan: Plan, names: ResourceNames) -> ResourceNames:
    """Names in the other region."""
    return ResourceNames(plan, plan.regions.peer_of(names.region))
