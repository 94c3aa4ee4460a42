"""Notifications to people, and what they may start and answer."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import REGION_KEY, Grant


def notify(_: Plan, names: ResourceNames) -> list[Grant]:
    """Wake the sender of messages; the step itself may publish nothing."""
    sender = names.arn("lambda", f"function:{names.sender}")
    return [Grant(("lambda:InvokeFunction",), (sender,), "the sender alone talks to people, from the outbox")]


def start_incident_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Start the incident in the other region, too: it may be the active one."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [
        Grant(
            ("states:StartExecution",),
            (there.machine("incident_response"),),
            "the other region may be the active one; each decides by its own record",
        )
    ]


def start_incident(_: Plan, names: ResourceNames) -> list[Grant]:
    """Start an incident from a signal, and keep a signal that could not start one."""
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


def send_answers(_: Plan, __: ResourceNames) -> list[Grant]:
    """Send a person's answer to the waiting task, by the task token in the table."""
    return [
        Grant(
            actions=("states:SendTaskSuccess",),
            resources=("*",),
            why="AWS Step Functions has no resource-level permission for tokens; nothing is sent without a token",
        )
    ]


def operators(_: Plan, names: ResourceNames) -> list[Grant]:
    """What an operator needs to start incidents, follow them and answer questions; nothing of it writes to a table.

    Since October 2025 a function URL asks for both actions (Lambda developer guide, "Control access to function
    URLs"); the condition keeps the second one to the URL, where AWS knows who calls.
    """
    door = (names.arn("lambda", f"function:{names.function('operator', 'AnswerOperator')}"),)
    return [
        Grant(("lambda:InvokeFunctionUrl", "lambda:GetFunctionUrlConfig"), door, "the operator API"),
        Grant(
            ("lambda:InvokeFunction",),
            door,
            "the operator API, by its URL only",
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
            "executions of every state machine of this product",
        ),
        Grant(
            ("dynamodb:GetItem", "dynamodb:Query"),
            (names.arn("dynamodb", f"table/{names.table}"),),
            "incidents, questions and the system record; the condition excludes task tokens",
            {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["INCIDENT#*", "SYSTEM", "BLOCKED"]}},
        ),
        Grant(
            ("kms:Decrypt",),
            (REGION_KEY,),
            "the table is encrypted; DynamoDB uses its key on behalf of the caller",
            {"StringEquals": {"kms:ViaService": f"dynamodb.{names.region}.amazonaws.com"}},
        ),
    ]
