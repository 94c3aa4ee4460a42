"""Telling people, and being told."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import REGION_KEY, Grant


def announce(_: Plan, names: ResourceNames) -> list[Grant]:
    """Publish to responders and stakeholders."""
    return _publish(names, "first and final message to the people of the plan", "responders", "stakeholders")


def call_responders(_: Plan, names: ResourceNames) -> list[Grant]:
    """Publish to responders: what a person has to do is no news for stakeholders."""
    return _publish(names, "something did not work, and a person has to take over", "responders")


def call_legal(_: Plan, names: ResourceNames) -> list[Grant]:
    """Publish to the legal side, and to it alone."""
    return _publish(names, "a breach, told on a channel of its own", "legal")


def call_both(_: Plan, names: ResourceNames) -> list[Grant]:
    """Publish to the legal side and to responders."""
    return _publish(names, "a breach, told to those who have to act on it", "legal", "responders")


def start_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Let the other region's door know of a breach: it may be the active one."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [Grant(("states:StartExecution",), (there.machine("incident_response"),), "each door knows its own role")]


def start_incident(_: Plan, names: ResourceNames) -> list[Grant]:
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


def hand_on_answers(_: Plan, __: ResourceNames) -> list[Grant]:
    """End the task that waits for a person's answer, by the token in the table."""
    return [
        Grant(
            actions=("states:SendTaskSuccess",),
            resources=("*",),
            why="AWS Step Functions offers no resource for a task token; without a token nothing can be sent",
        )
    ]


def operators(_: Plan, names: ResourceNames) -> list[Grant]:
    """What a person needs who starts incidents, follows them and answers questions; nothing of it writes a table.

    Since October 2025 a function URL asks for both actions (Lambda developer guide, "Control access to function
    URLs"); the condition keeps the second one to the URL, where AWS knows who calls.
    """
    door = (names.arn("lambda", f"function:{names.function('operator', 'AnswerOperator')}"),)
    return [
        Grant(("lambda:InvokeFunctionUrl", "lambda:GetFunctionUrlConfig"), door, "the operator's door"),
        Grant(
            ("lambda:InvokeFunction",),
            door,
            "the operator's door, by its URL only",
            {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        ),
        Grant(("states:StartExecution",), (names.machine("incident_response"),), "start an incident"),
        Grant(
            ("states:DescribeExecution",),
            (names.execution("incident_response", "*"),),
            "follow an incident; the names of executions come with it",
        ),
        Grant(
            ("states:ListExecutions",),
            (names.arn("states", f"stateMachine:{names.prefix}-*"),),
            "what runs: every machine of this product",
        ),
        Grant(
            ("dynamodb:GetItem", "dynamodb:Query"),
            (names.arn("dynamodb", f"table/{names.table}"),),
            "incidents, questions and the system record; the condition leaves out task tokens",
            {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["INCIDENT#*", "SYSTEM", "BLOCKED"]}},
        ),
        Grant(
            ("kms:Decrypt",),
            (REGION_KEY,),
            "the table is encrypted; DynamoDB asks for its key in the caller's name",
            {"StringEquals": {"kms:ViaService": f"dynamodb.{names.region}.amazonaws.com"}},
        ),
    ]


def _publish(names: ResourceNames, why: str, *audiences: str) -> list[Grant]:
    return [
        Grant(actions=("sns:Publish",), resources=tuple(names.topic(audience) for audience in audiences), why=why),
        Grant(
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(REGION_KEY,),
            why="the topics are encrypted; Amazon SNS asks for the key in the caller's name",
            conditions={"StringEquals": {"kms:ViaService": f"sns.{names.region}.amazonaws.com"}},
        ),
    ]
