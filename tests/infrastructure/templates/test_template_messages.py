"""Who may send messages to people, and who may only write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant
from stacks.grants.table import TABLE, grants_for
from tests.infrastructure.assembled import Stack

REGION = "us-west-2"
SENDER = ("communications", "SendMessages")
STEPS = Path(__file__).parents[3] / "lambdas" / "lyo_dr"


def grants(plan: Plan) -> Iterator[tuple[str, str, Grant]]:
    """Every grant of every function, with its process and step."""
    for process, steps in TABLE.items():
        for step in steps:
            for grant in grants_for(plan, ResourceNames(plan, REGION), process, step):
                yield process, step, grant


def test_only_the_sender_publishes_and_to_the_three_topics_alone(plan: Plan) -> None:
    publishing = [(process, step, grant) for process, step, grant in grants(plan) if "sns:Publish" in grant.actions]
    assert [(process, step) for process, step, _ in publishing] == [SENDER]
    names = ResourceNames(plan, REGION)
    assert publishing[0][2].resources == tuple(names.topic(name) for name in ("legal", "responders", "stakeholders"))


def test_the_key_of_the_topics_is_for_the_sender_alone(plan: Plan) -> None:
    through_sns = [
        (process, step)
        for process, step, grant in grants(plan)
        if f"sns.{REGION}.amazonaws.com" in str(grant.conditions)
    ]
    assert through_sns == [SENDER]


def test_only_the_sender_takes_anything_out_of_the_table(plan: Plan) -> None:
    deleting = [(process, step) for process, step, grant in grants(plan) if "dynamodb:DeleteItem" in grant.actions]
    assert deleting == [SENDER]


def test_whoever_may_wake_the_sender_may_write_and_read_the_outbox(plan: Plan) -> None:
    names = ResourceNames(plan, REGION)
    sender = names.arn("lambda", f"function:{names.sender}")
    waking = {(process, step) for process, step, grant in grants(plan) if sender in grant.resources}
    assert len(waking) >= 20
    for process, step in waking:
        actions = {action for grant in grants_for(plan, names, process, step) for action in grant.actions}
        assert {"dynamodb:GetItem", "dynamodb:PutItem"} <= actions, (process, step)


def test_no_step_and_no_service_but_the_senders_calls_a_channel() -> None:
    callers = {
        path.relative_to(STEPS).as_posix()
        for path in STEPS.rglob("*.py")
        if "adapters.aws.sns" in path.read_text() or "adapters.aws import sns" in path.read_text()
    }
    assert callers == {"services/communications/sender.py"}


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_the_sender_runs_every_minute_and_its_failures_ring(
    regional: dict[str, dict[str, Stack]], plan: Plan, region: str
) -> None:
    stack, names = regional[region]["communications"], ResourceNames(plan, region)
    function = stack.one("AWS::Lambda::Function")
    assert function.properties["FunctionName"] == names.sender
    assert function.properties["Timeout"] < 90, "a claim lasts 90 s (decisions/communications/delivery.py)"
    assert stack.one("AWS::Events::Rule").properties["ScheduleExpression"] == "rate(1 minute)"
    overdue = stack.one("AWS::CloudWatch::Alarm", MetricName="MessagesOverdue").properties
    assert (overdue["Namespace"], overdue["Dimensions"], overdue["Threshold"]) == ("LyoDr", [], 1)
    errors = stack.one("AWS::CloudWatch::Alarm", MetricName="Errors").properties
    assert errors["EvaluationPeriods"] == 3
    assert {tuple(alarm["AlarmActions"]) for alarm in (overdue, errors)} == {(names.topic("responders"),)}
