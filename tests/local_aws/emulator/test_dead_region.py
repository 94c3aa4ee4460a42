"""A region that is lost stands still inside, and goes on where it stood when it comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import (
    IRELAND,
    WEST,
    ended,
    eventually,
    given_function,
    given_machine,
    given_queue,
    given_role,
    invoke,
    messages,
    policy,
    start,
    unique,
    workers,
)

DEAD = [{"region": IRELAND, "kind": "blackhole"}]


def _time_passes(aws: LocalAws) -> None:
    """Two seconds in a region that lives: whatever waits for less has waited long enough."""
    wait = {"W": {"Type": "Wait", "Seconds": 2, "End": True}}
    assert ended(aws, start(aws, given_machine(aws, WEST, wait)))["status"] == "SUCCEEDED"


def test_an_execution_that_waits_tells_nobody_while_its_region_is_lost_and_goes_on_afterwards(aws: LocalAws) -> None:
    url, _ = given_queue(aws, WEST)
    # The region of a call that a machine makes is its own, so a function tells the one that lives.
    code = f"""
import boto3
def handler(event, context):
    boto3.client("sqs", region_name="{WEST}").send_message(QueueUrl={url!r}, MessageBody='"went on"')
"""
    function = given_function(aws, IRELAND, code, given_role(aws, policy("sqs:*")))
    states = {
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Tell"},
        "Tell": {"Type": "Task", "Resource": function, "End": True},
    }
    execution = start(aws, given_machine(aws, IRELAND, states))
    aws.set_faults(DEAD)
    _time_passes(aws)
    assert messages(aws, WEST, url) == []
    aws.set_faults([])
    assert eventually(lambda: messages(aws, WEST, url)) == ["went on"]
    assert ended(aws, execution)["status"] == "SUCCEEDED"


def _rule(aws: LocalAws, arn: str) -> Callable[[], Any]:
    events, name = aws.client("events", IRELAND), unique("schedule")
    events.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn, "Input": '{"beat": true}'}])
    return lambda: events.disable_rule(Name=name)


def _schedule(aws: LocalAws, arn: str) -> Callable[[], Any]:
    scheduler, name = aws.client("scheduler", IRELAND), unique("schedule")
    scheduler.create_schedule(
        Name=name,
        ScheduleExpression="rate(1 minute)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": given_role(aws), "Input": '{"beat": true}'},
    )
    return lambda: scheduler.delete_schedule(Name=name)


@pytest.mark.parametrize("kind", [_rule, _schedule])
def test_schedules_fire_again_when_their_region_is_back(
    aws: LocalAws, kind: Callable[[LocalAws, str], Callable[[], Any]]
) -> None:
    url, arn = given_queue(aws, IRELAND)
    end = kind(aws, arn)
    assert eventually(lambda: messages(aws, IRELAND, url))
    aws.set_faults(DEAD)
    _time_passes(aws)
    aws.set_faults([])
    assert eventually(lambda: messages(aws, IRELAND, url)) == [{"beat": True}]
    end()


def test_functions_die_with_their_region_and_start_anew_when_it_is_back(aws: LocalAws) -> None:
    function = given_function(aws, IRELAND, "import os\ndef handler(e, c): return os.getpid()")
    before, _ = invoke(aws, function)
    assert workers(aws, function) == [before]
    aws.set_faults(DEAD)
    assert eventually(lambda: not workers(aws, function))
    aws.set_faults([])
    after, error = invoke(aws, function)
    assert (error, after != before) == (None, True)


def test_a_task_whose_function_died_with_the_region_is_retried_when_it_is_back(aws: LocalAws) -> None:
    code = "import time\ndef handler(e, c):\n  time.sleep(e['seconds'])\n  return 'ran'"
    function = given_function(aws, IRELAND, code, Timeout=60)
    retry = {"ErrorEquals": ["Runtime.ExitError"], "IntervalSeconds": 1, "BackoffRate": 1.0, "MaxAttempts": 3}
    states = {"Slow": {"Type": "Task", "Resource": function, "Retry": [retry], "End": True}}
    execution = start(aws, given_machine(aws, IRELAND, states), given=json.dumps({"seconds": 2}))
    eventually(lambda: workers(aws, function))
    aws.set_faults(DEAD)
    _time_passes(aws)
    aws.set_faults([])
    assert ended(aws, execution)["output"] == '"ran"'


def test_the_alarms_of_a_lost_region_are_judged_again_when_it_is_back(aws: LocalAws) -> None:
    cloudwatch, name = aws.client("cloudwatch", IRELAND), unique("alarm")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Test",
        MetricName=name,
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )
    cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": name, "Value": 1}])

    def state() -> str:
        found = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        return str(found["StateValue"])

    assert eventually(lambda: state() == "OK")
    aws.set_faults(DEAD)
    _time_passes(aws)
    aws.set_faults([])
    assert eventually(lambda: state() == "ALARM")
