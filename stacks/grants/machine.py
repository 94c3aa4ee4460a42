"""The role of a state machine, derived from what its file calls."""

from __future__ import annotations

from collections.abc import Iterable

from lyo_dr.model.resource_names import ResourceNames
from stacks.asl import Calls
from stacks.grants.grant import Grant

_EVENT_RULE = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"

_LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)


def machine_grants(names: ResourceNames, calls: Calls, versions: Iterable[str]) -> list[Grant]:
    """Invoke exactly these versions, run exactly these machines, and log."""
    return [*_invokes(versions), *_starts(names, calls), *_waits(names, calls), _logs()]


def _invokes(versions: Iterable[str]) -> list[Grant]:
    arns = tuple(versions)
    return [Grant(("lambda:InvokeFunction",), arns, "the steps of this process, by version")] if arns else []


def _starts(names: ResourceNames, calls: Calls) -> list[Grant]:
    machines = tuple(names.machine(process) for process in sorted(calls.started | calls.awaited))
    return [Grant(("states:StartExecution",), machines, "the machines this one runs")] if machines else []


def _waits(names: ResourceNames, calls: Calls) -> list[Grant]:
    if not calls.awaited:
        return []
    executions = tuple(names.execution(process, "*") for process in sorted(calls.awaited))
    return [
        Grant(
            ("states:DescribeExecution", "states:StopExecution"),
            executions,
            "AWS Step Functions chooses the names of the executions it waits for; the machines are named",
        ),
        Grant(
            ("events:DescribeRule", "events:PutRule", "events:PutTargets"),
            (names.arn("events", _EVENT_RULE),),
            "the rule by which AWS Step Functions learns that an execution it waits for has ended",
        ),
    ]


def _logs() -> Grant:
    return Grant(
        _LOG_DELIVERY,
        ("*",),
        "log delivery is set up per account; Amazon CloudWatch Logs has no resource-level permission",
    )
