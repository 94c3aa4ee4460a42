"""The table: incident, timeline, idempotency records, lease and system record.

Each name stands for a set of DynamoDB operations; ``lease`` for those in the other region's table.
"""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import REGION_KEY, Grant


def read(_: Plan, names: ResourceNames) -> list[Grant]:
    """Read single items (GetItem)."""
    return of_table(names, "GetItem")


def append(_: Plan, names: ResourceNames) -> list[Grant]:
    """Put a sentence on the timeline; nothing is read (PutItem)."""
    return of_table(names, "PutItem")


def write(_: Plan, names: ResourceNames) -> list[Grant]:
    """What the guards need: read records; renew the lease, write records and timeline (GetItem, PutItem)."""
    return of_table(names, "GetItem", "PutItem")


def query(_: Plan, names: ResourceNames) -> list[Grant]:
    """``write``, and list the records of an incident (Query)."""
    return of_table(names, "GetItem", "PutItem", "Query")


def update(_: Plan, names: ResourceNames) -> list[Grant]:
    """``write``, and set fields of the incident (UpdateItem)."""
    return of_table(names, "GetItem", "PutItem", "UpdateItem")


def full(_: Plan, names: ResourceNames) -> list[Grant]:
    """``query`` and ``update``."""
    return of_table(names, "GetItem", "PutItem", "Query", "UpdateItem")


def list_append_update(_: Plan, names: ResourceNames) -> list[Grant]:
    """List the records of an incident, put a sentence on its timeline, set its fields; no GetItem."""
    return of_table(names, "PutItem", "Query", "UpdateItem")


def keep_samples(_: Plan, names: ResourceNames) -> list[Grant]:
    """Keep a sample of the other region, and list those kept (PutItem, Query)."""
    return of_table(names, "PutItem", "Query")


def read_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read single items of the other region's table: which region is active, and the state of its fence."""
    return _peer_table(plan, names, ("dynamodb:GetItem",), ("kms:Decrypt",), "which region is active")


def write_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Write the record that names a new standby into the standby's own table, too."""
    operations = ("dynamodb:GetItem", "dynamodb:PutItem")
    return _peer_table(plan, names, operations, ("kms:Decrypt", "kms:GenerateDataKey"), "both tables name the standby")


def lease(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Take the lease in the standby's table: work in the active region takes it there."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [
        Grant(
            ("dynamodb:GetItem", "dynamodb:PutItem"),
            (there.arn("dynamodb", f"table/{there.table}"),),
            "one lease for both regions",
        ),
        _key_of_peer(
            there,
            ("kms:Decrypt", "kms:GenerateDataKey"),
            "the other region's table is encrypted with its own key, whose id AWS chooses; the condition names it",
            there.key_alias,
        ),
    ]


def _peer_table(
    plan: Plan, names: ResourceNames, operations: tuple[str, ...], keys: tuple[str, ...], why: str
) -> list[Grant]:
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [
        Grant(operations, (there.arn("dynamodb", f"table/{there.table}"),), why),
        _key_of_peer(
            there,
            keys,
            "AWS chooses the id of the peer's key; the conditions allow only our alias, used by DynamoDB",
            [there.key_alias],
        ),
    ]


def _key_of_peer(there: ResourceNames, actions: tuple[str, ...], why: str, alias: str | list[str]) -> Grant:
    """By its ARN where the plan names the key, else by the alias of the one that is created."""
    via = {"StringEquals": {"kms:ViaService": f"dynamodb.{there.region}.amazonaws.com"}}
    if (named := there.plan.deployment.keys.get(there.region)) is not None:
        return Grant(actions, (named,), "the other region's table is encrypted with the key of the plan", via)
    by_alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}
    return Grant(actions, (there.arn("kms", "key/*"),), why, {**via, **by_alias})


def of_table(names: ResourceNames, *operations: str) -> list[Grant]:
    """These operations on this region's table, and its key."""
    return [
        Grant(
            actions=tuple(f"dynamodb:{operation}" for operation in operations),
            resources=(names.arn("dynamodb", f"table/{names.table}"),),
            why="incident, timeline, lease and system record of this region",
        ),
        Grant(
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(REGION_KEY,),
            why="the table is encrypted; DynamoDB uses its key on behalf of the caller",
            conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{names.region}.amazonaws.com"}},
        ),
    ]
