"""The alarm on free storage watches the instance the database lives in, whatever an incident has put in place."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from lyo_dr.steps.keeper import follow_storage
from tests.unit.aws import World
from tests.unit.builders import OREGON

NAME = "lyo-dr-storage-bookings"


@pytest.fixture
def planned(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The alarm as the stack makes it."""
    monkeypatch.setenv("AWS_REGION", OREGON)
    identifier = world.plan.databases[0].instances[OREGON]
    boto3.client("cloudwatch", OREGON).put_metric_alarm(
        AlarmName=NAME,
        AlarmDescription="bookings has less than 5 GiB left",
        AlarmActions=["arn:aws:sns:us-west-2:123456789012:lyo-dr-responders"],
        Namespace="AWS/RDS",
        MetricName="FreeStorageSpace",
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": identifier}],
        Statistic="Minimum",
        Period=60,
        EvaluationPeriods=2,
        DatapointsToAlarm=2,
        Threshold=5.0 * 1024**3,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="notBreaching",
    )
    return identifier


def described() -> dict[str, Any]:
    (alarm,) = boto3.client("cloudwatch", OREGON).describe_alarms(AlarmNames=[NAME])["MetricAlarms"]
    return {name: value for name, value in alarm.items() if not name.endswith(("Timestamp", "Arn"))}


def watched() -> str:
    return str(described()["Dimensions"][0]["Value"])


def test_d2_the_storage_alarm_follows_a_database_to_the_instance_it_was_restored_to(world: World, planned: str) -> None:
    before = described()
    world.ctx(region=OREGON).store.databases.move("bookings", f"{planned}-r-12345678-1")
    assert follow_storage.handler({}) == {"moved": {"bookings": f"{planned}-r-12345678-1"}}
    assert watched() == f"{planned}-r-12345678-1"
    others = {name: value for name, value in described().items() if name != "Dimensions"}
    assert others == {name: value for name, value in before.items() if name != "Dimensions"}


def test_d2_a_storage_alarm_that_watches_the_right_instance_is_left_alone(world: World, planned: str) -> None:
    assert follow_storage.handler({}) == {"moved": {}}
    assert watched() == planned
    assert world.calls.count("cloudwatch:PutMetricAlarm") == 1, "the one of the stack"


def test_d2_a_storage_alarm_goes_back_with_the_database(world: World, planned: str) -> None:
    databases = world.ctx(region=OREGON).store.databases
    databases.move("bookings", f"{planned}-r-12345678-1")
    follow_storage.handler({})
    databases.move("bookings", planned)
    follow_storage.handler({})
    assert watched() == planned


def test_d2_a_storage_alarm_that_is_gone_fails_the_run_and_so_rings(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", OREGON)
    with pytest.raises(Exception, match="deploy the keeper stack again"):
        follow_storage.handler({})
