"""Monitoring of the databases of this region: sessions, integrity, and whether their replicas receive WAL."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def invoke_count_connections(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL function that counts the application's sessions."""
    return [_ask(names, "keeper", "CountConnections", "only functions inside the VPC run SQL")]


def invoke_checks(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Also invoke the integrity checks, and whether the replica in the other region receives WAL."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [
        *invoke_count_connections(plan, names),
        _ask(names, "keeper", "ReadIntegrity", "integrity checks"),
        _ask(there, "gather_facts", "ReadReplica", "a replica that receives WAL shows that its primary is up"),
    ]


def invoke_read_integrity(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the integrity checks of this region's databases."""
    return [_ask(names, "keeper", "ReadIntegrity", "is the data wrong here, too?")]


def follow_storage(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the alarms on free storage, and let them watch another instance."""
    alarms = tuple(
        names.arn("cloudwatch", f"alarm:{names.database_alarm('storage', database.name)}")
        for database in plan.databases_in(names.region)
    )
    return [
        Grant(
            ("cloudwatch:DescribeAlarms",),
            ("*",),
            "which instance an alarm watches; AWS does not document on which alarms it checks a description by name",
        ),
        Grant(("cloudwatch:PutMetricAlarm",), alarms, "the instance the database lives in since an incident"),
    ]


def _ask(names: ResourceNames, process: str, step: str, why: str) -> Grant:
    function = names.arn("lambda", f"function:{names.function(process, step)}")
    return Grant(actions=("lambda:InvokeFunction",), resources=(function,), why=why)
