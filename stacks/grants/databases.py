"""RDS instances of the plan, and the secrets of the SQL functions."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def describe(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the plan's instances in this region."""
    return [_instances(plan, names, "rds:DescribeDBInstances", "role, status and promotion of the instance")]


def describe_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the other region's instances: whether they are streaming replicas."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [_instances(plan, there, "rds:DescribeDBInstances", "whether the peer can be the standby")]


def promote(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Promote the plan's replicas in this region."""
    return [
        _instances(plan, names, "rds:DescribeDBInstances", "whether it is promoted already (idempotent)"),
        _instances(plan, names, "rds:PromoteReadReplica", "the irreversible step, behind the guard"),
    ]


def modify(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Enable Multi-AZ and backups on promoted instances."""
    return [
        _instances(plan, names, "rds:DescribeDBInstances", "whether it is protected already (idempotent)"),
        _instances(plan, names, "rds:ModifyDBInstance", "Multi-AZ and backups after a promotion"),
    ]


def read_login(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the credentials of the database user of this product; nothing else."""
    secrets = (
        names.arn("secretsmanager", f"secret:{names.sql_secret(d.name)}-??????")
        for d in plan.databases_in(names.region)
    )
    return [
        Grant(
            actions=("secretsmanager:GetSecretValue",),
            resources=tuple(secrets),
            why="one secret per database; AWS appends six random characters to its ARN",
        )
    ]


def invoke_close_database(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL function that revokes the application's access to a deposed database of this region."""
    return [_ask(names, "CloseDatabase", "the deposed region revokes the app's access to its databases")]


def invoke_row_queries(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL functions that list keys in the deposed region, and find which of them exist here."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [
        _ask(there, "ListRecentRows", "keys of the rows written last to the deposed database"),
        _ask(names, "FindRows", "which of these keys exist here"),
    ]


def _ask(names: ResourceNames, step: str, why: str, *, process: str = "keeper") -> Grant:
    function = names.arn("lambda", f"function:{names.function(process, step)}")
    return Grant(actions=("lambda:InvokeFunction",), resources=(function,), why=why)


def invoke_read_replica(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the SQL function that reads the state of the replicas."""
    return [_ask(names, "ReadReplica", "only functions inside the VPC run SQL", process="gather_facts")]


def _instances(plan: Plan, names: ResourceNames, action: str, why: str) -> Grant:
    instances = tuple(names.instance(database.instance_in(names.region)) for database in plan.replicated())
    return Grant(actions=(action,), resources=instances, why=why)
