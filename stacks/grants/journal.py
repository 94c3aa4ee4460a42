"""Writing down what happens: the incident, its timeline, the lease, the system record."""

from __future__ import annotations

from lyo_dr.model.names import Names
from lyo_dr.model.plan import Plan
from stacks.grants.grant import REGION_KEY, Grant


def journal(_: Plan, names: Names) -> list[Grant]:
    """Read and write the region's table."""
    return _table(names, "GetItem", "PutItem", "UpdateItem", "Query")


def record(_: Plan, names: Names) -> list[Grant]:
    """Read the system record and leave a sign of life; no incident is touched."""
    return _table(names, "GetItem", "PutItem")


def _table(names: Names, *operations: str) -> list[Grant]:
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
