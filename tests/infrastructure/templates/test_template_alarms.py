"""Every alarm of every stack can ring at all: the figures it wants arrive as often as it looks at them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.infrastructure.assembled import Resource, Stack, everything

SECONDS = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86_400, "days": 86_400}

WRITTEN_BY = {
    "IntegrityFaults": "CheckIntegrity of keeper",
    "IntegrityNotAsked": "CheckIntegrity of keeper",
    "ConnectionsLost": "WatchDatabases of keeper",
    "DatabaseErrors": "WatchDatabases of keeper",
    "LatchOff": "KeepLatch of keeper",
    "PeerUnhealthy": "WatchPeer of keeper",
    "WatcherLooks": "WatchPeer of keeper",
    "MessagesOverdue": "SendMessages of communications",
}
"""Our own metrics, and the scheduled step that puts each once a run."""

EVERY_MINUTE = {"AWS/RDS", "AWS/Route53", "AWS/SQS"}
"""Metrics of AWS that are there whether or not anything happens (CloudWatch metrics of each service)."""


def rounds(stacks: dict[str, Stack]) -> dict[tuple[str, str], int]:
    """Seconds between two runs, by region and name of the function; the shortest of its schedules."""
    found: dict[tuple[str, str], int] = {}
    for rule in everything(stacks, "AWS::Events::Rule"):
        schedule = re.fullmatch(r"rate\((\d+) (\w+)\)", rule.properties.get("ScheduleExpression", ""))
        if schedule is None:
            continue
        stack = stacks[rule.stack]
        for target in rule.properties["Targets"]:
            if "Input" not in target:  # the daily ping runs no round
                arn = stack.text(target["Arn"])
                every = int(schedule[1]) * SECONDS[schedule[2]]
                name = (stack.region, arn.split(":")[6])
                found[name] = min(found.get(name, every), every)
    return found


def figures_every(alarm: Resource, stacks: dict[str, Stack]) -> int | None:
    """Seconds between two figures of the alarm's metric; None for one that exists only when something happens."""
    region, properties = stacks[alarm.stack].region, alarm.properties
    dimensions = {one["Name"]: one["Value"] for one in properties["Dimensions"]}
    if properties["Namespace"] == "LyoDr":
        (name,) = (
            function.properties["FunctionName"]
            for function in everything(stacks, "AWS::Lambda::Function")
            if stacks[function.stack].region == region
            and function.properties["Description"] == WRITTEN_BY[properties["MetricName"]]
        )
        return rounds(stacks)[region, name]
    if properties["Namespace"] == "AWS/Lambda":
        return rounds(stacks).get((region, dimensions["FunctionName"]))
    return 60 if properties["Namespace"] in EVERY_MINUTE else None


def can_ring(properties: dict[str, Any], every: int | None) -> bool:
    """One figure is enough for an alarm that wants one; several periods have to hold a figure each."""
    needed = properties.get("DatapointsToAlarm", properties["EvaluationPeriods"])
    if needed == 1 or properties["TreatMissingData"] == "breaching":
        return True
    return every is not None and properties["Period"] >= every


def test_c1_every_alarm_can_ring(stacks: dict[str, Stack]) -> None:
    alarms = everything(stacks, "AWS::CloudWatch::Alarm")
    assert alarms
    assert [a.where for a in alarms if not can_ring(a.properties, figures_every(a, stacks))] == []


@pytest.mark.parametrize(
    ("alarm", "every", "rings"),
    [
        ({"Period": 60, "EvaluationPeriods": 3, "TreatMissingData": "notBreaching"}, 300, False),
        ({"Period": 300, "EvaluationPeriods": 3, "TreatMissingData": "notBreaching"}, 300, True),
        ({"Period": 60, "EvaluationPeriods": 3, "TreatMissingData": "notBreaching"}, None, False),
        ({"Period": 60, "EvaluationPeriods": 1, "TreatMissingData": "notBreaching"}, None, True),
        ({"Period": 60, "EvaluationPeriods": 5, "TreatMissingData": "breaching"}, None, True),
    ],
)
def test_c1_an_alarm_that_looks_more_often_than_its_function_runs_is_found(
    alarm: dict[str, Any], every: int | None, rings: bool
) -> None:
    assert can_ring(alarm, every) is rings


def test_c1_integrity_checks_that_fail_are_told_after_three_rounds_of_five_minutes(
    regional: dict[str, dict[str, Stack]],
) -> None:
    for parts in regional.values():
        alarm = parts["keeper"].one("AWS::CloudWatch::Alarm", AlarmName="lyo-dr-keeper-check-integrity-errors")
        found = alarm.properties
        assert (found["Period"], found["EvaluationPeriods"], found["DatapointsToAlarm"]) == (300, 3, 3)


def test_d_whatever_runs_by_a_schedule_has_an_alarm_on_its_errors(stacks: dict[str, Stack]) -> None:
    watched = {
        (stacks[alarm.stack].region, one["Value"])
        for alarm in everything(stacks, "AWS::CloudWatch::Alarm")
        for one in alarm.properties["Dimensions"]
        if alarm.properties["MetricName"] == "Errors"
    }
    assert set(rounds(stacks)) - watched == set()
