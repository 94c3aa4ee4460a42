"""What the sender of messages may do: empty the outbox of its region, and publish."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import REGION_KEY, Grant
from stacks.grants.journal import of_table


def empty_outbox(_: Plan, names: ResourceNames) -> list[Grant]:
    """List, claim and delete what waits; record what became of it with its incident."""
    return of_table(names, "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")


def publish(_: Plan, names: ResourceNames) -> list[Grant]:
    """Publish to every topic. No other function may."""
    topics = tuple(names.topic(audience) for audience in ("legal", "responders", "stakeholders"))
    return [
        Grant(("sns:Publish",), topics, "messages to people, each audience on a topic of its own"),
        Grant(
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(REGION_KEY,),
            why="the topics are encrypted; Amazon SNS uses the key on behalf of the caller",
            conditions={"StringEquals": {"kms:ViaService": f"sns.{names.region}.amazonaws.com"}},
        ),
    ]
