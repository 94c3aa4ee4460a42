"""Writing down what happens: the incident, its timeline, the lease, the system record."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import REGION_KEY, Grant


def look(_: Plan, names: ResourceNames) -> list[Grant]:
    """Read single items; nothing is written."""
    return _table(names, "GetItem")


def tell(_: Plan, names: ResourceNames) -> list[Grant]:
    """Put a sentence on the timeline; nothing is read."""
    return _table(names, "PutItem")


def journal(_: Plan, names: ResourceNames) -> list[Grant]:
    """What the guards need: read the records, take or renew the lease, leave notes and sentences."""
    return _table(names, "GetItem", "PutItem")


def journal_with_notes(_: Plan, names: ResourceNames) -> list[Grant]:
    """Also list the notes of an incident."""
    return _table(names, "GetItem", "PutItem", "Query")


def journal_and_head(_: Plan, names: ResourceNames) -> list[Grant]:
    """Also set fields of the incident's head."""
    return _table(names, "GetItem", "PutItem", "UpdateItem")


def whole_journal(_: Plan, names: ResourceNames) -> list[Grant]:
    """Judge by the notes, and set fields of the head."""
    return _table(names, "GetItem", "PutItem", "Query", "UpdateItem")


def go_by_notes(_: Plan, names: ResourceNames) -> list[Grant]:
    """List the notes of an incident, put a sentence on its timeline, and set fields of its head."""
    return _table(names, "PutItem", "Query", "UpdateItem")


def look_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read single items of the peer's table: who is active by its word, and what it says of its own fence."""
    return _peer_table(plan, names, ("dynamodb:GetItem",), ("kms:Decrypt",), "is this region deposed?")


def declare_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Put the record that names a new standby into its own table, too."""
    operations = ("dynamodb:GetItem", "dynamodb:PutItem")
    return _peer_table(plan, names, operations, ("kms:Decrypt", "kms:GenerateDataKey"), "both tables name the standby")


def _peer_table(
    plan: Plan, names: ResourceNames, operations: tuple[str, ...], keys: tuple[str, ...], why: str
) -> list[Grant]:
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [
        Grant(operations, (there.arn("dynamodb", f"table/{there.table}"),), why),
        Grant(
            actions=keys,
            resources=(there.arn("kms", "key/*"),),
            why="AWS chooses the id of the peer's key; the conditions leave the key of our alias, used by DynamoDB",
            conditions={
                "StringEquals": {"kms:ViaService": f"dynamodb.{there.region}.amazonaws.com"},
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": [there.key_alias]},
            },
        ),
    ]


def keep_samples(_: Plan, names: ResourceNames) -> list[Grant]:
    """Keep a look at the peer region, and read those that are kept."""
    return _table(names, "PutItem", "Query")


def _table(names: ResourceNames, *operations: str) -> list[Grant]:
    return [
        Grant(
            actions=tuple(f"dynamodb:{operation}" for operation in operations),
            resources=(names.arn("dynamodb", f"table/{names.table}"),),
            why="incident, timeline, lease and system record of this region",
        ),
        Grant(
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(REGION_KEY,),
            why="the table is encrypted; DynamoDB asks for its key in the caller's name",
            conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{names.region}.amazonaws.com"}},
        ),
    ]
