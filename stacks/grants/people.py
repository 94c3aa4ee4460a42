"""Telling people, and being told."""

from __future__ import annotations

from lyo_dr.model.names import Names
from lyo_dr.model.plan import Plan
from stacks.grants.grant import REGION_KEY, Grant


def announce(_: Plan, names: Names) -> list[Grant]:
    """Publish to responders and stakeholders."""
    return _publish(names, "first and final message to the people of the plan", "responders", "stakeholders")


def call_responders(_: Plan, names: Names) -> list[Grant]:
    """Publish to responders: what a person has to do is no news for stakeholders."""
    return _publish(names, "something did not work, and a person has to take over", "responders")


def start_incident(_: Plan, names: Names) -> list[Grant]:
    """Open the one door, and keep a signal that could not pass it."""
    return [
        Grant(
            actions=("states:StartExecution",),
            resources=(names.machine("incident_response"),),
            why="a signal becomes an execution with a deterministic name",
        ),
        Grant(
            actions=("sqs:SendMessage",),
            resources=(names.arn("sqs", f"{names.bus}-dead-letters"),),
            why="AWS Lambda keeps the event of a failed run in the function's name",
        ),
        Grant(
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(REGION_KEY,),
            why="the queue of dead letters is encrypted",
            conditions={"StringEquals": {"kms:ViaService": f"sqs.{names.region}.amazonaws.com"}},
        ),
    ]


def _publish(names: Names, why: str, *audiences: str) -> list[Grant]:
    return [
        Grant(actions=("sns:Publish",), resources=tuple(names.topic(audience) for audience in audiences), why=why),
        Grant(
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(REGION_KEY,),
            why="the topics are encrypted; Amazon SNS asks for the key in the caller's name",
            conditions={"StringEquals": {"kms:ViaService": f"sns.{names.region}.amazonaws.com"}},
        ),
    ]
