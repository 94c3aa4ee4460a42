"""RDS instances of the plan, and the secrets with which the SQL functions reach them."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def describe_databases(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See the state of the plan's instances in this region."""
    return [_instances(plan, names, "rds:DescribeDBInstances", "is it a replica, available, promoted?")]


def describe_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See whether the peer's instances are replicas that stream."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [_instances(plan, there, "rds:DescribeDBInstances", "may the peer stand by?")]


def promote_databases(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Promote the plan's replicas in this region."""
    return [
        _instances(plan, names, "rds:DescribeDBInstances", "was it promoted already?"),
        _instances(plan, names, "rds:PromoteReadReplica", "the irreversible step, behind the guard"),
    ]


def modify_databases(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Give the promoted instances back their Multi-AZ and backups."""
    return [
        _instances(plan, names, "rds:DescribeDBInstances", "is it protected already?"),
        _instances(plan, names, "rds:ModifyDBInstance", "Multi-AZ and backups after a promotion"),
    ]


def read_sql_secrets(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the credentials of the database user of this product; nothing else."""
    secrets = (names.arn("secretsmanager", f"secret:{names.sql_secret(d.name)}-??????") for d in plan.databases)
    return [
        Grant(
            actions=("secretsmanager:GetSecretValue",),
            resources=tuple(secrets),
            why="one secret per database; AWS appends six random characters to its ARN",
        )
    ]


def close_databases(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask the function inside the VPC to shut the app out of a deposed database of this region."""
    return [_ask(names, "CloseDatabase", "the deposed region closes its databases to the app")]


def compare_rows(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Ask for keys in the deposed region, and which of them are here."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [
        _ask(there, "ListRecentRows", "keys of rows the deposed database was given last"),
        _ask(names, "FindRows", "which of these keys are here?"),
    ]


def _ask(names: ResourceNames, step: str, why: str, *, process: str = "keeper") -> Grant:
    function = names.arn("lambda", f"function:{names.function(process, step)}")
    return Grant(actions=("lambda:InvokeFunction",), resources=(function,), why=why)


def ask_replicas(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask the function inside the VPC what the replicas hear."""
    return [_ask(names, "ReadReplica", "only a function inside the VPC speaks SQL", process="gather_facts")]


def _instances(plan: Plan, names: ResourceNames, action: str, why: str) -> Grant:
    instances = tuple(names.instance(database.instances[names.region]) for database in plan.databases)
    return Grant(actions=(action,), resources=instances, why=why)
