"""The alarms of the databases, read from the templates: what opens an incident, and what only calls people."""

from __future__ import annotations

import pytest

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from tests.infrastructure.assembled import Stack

Regional = dict[str, dict[str, Stack]]


def alarm(keeper: Stack, name: str) -> dict[str, object]:
    found: dict[str, object] = keeper.one("AWS::CloudWatch::Alarm", AlarmName=name).properties
    return found


@pytest.mark.parametrize(
    ("kind", "metric", "threshold"), [("connections", "ConnectionsLost", 1), ("errors", "DatabaseErrors", 0.5)]
)
def test_a_dead_instance_raises_an_alarm_after_two_minutes_and_silence_of_the_keeper_none(
    regional: Regional, plan: Plan, kind: str, metric: str, threshold: float
) -> None:
    for region, parts in regional.items():
        for database in plan.databases:
            found = alarm(parts["keeper"], ResourceNames(plan, region).database_alarm(kind, database.name))
            assert (found["Namespace"], found["MetricName"], found["Threshold"]) == ("LyoDr", metric, threshold)
            assert found["Dimensions"] == [{"Name": "Database", "Value": database.name}]
            assert (found["Period"], found["EvaluationPeriods"], found["DatapointsToAlarm"]) == (60, 2, 2)
            assert (found["Statistic"], found["TreatMissingData"]) == ("Minimum", "notBreaching")
            assert "AlarmActions" not in found, "its event opens an incident, which tells people what it finds"


def test_a_disk_that_fills_up_calls_people_and_starts_nothing(regional: Regional, plan: Plan) -> None:
    for region, parts in regional.items():
        names = ResourceNames(plan, region)
        for database in plan.databases:
            found = alarm(parts["keeper"], names.database_alarm("storage", database.name))
            assert (found["Namespace"], found["MetricName"]) == ("AWS/RDS", "FreeStorageSpace")
            assert found["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": database.instances[region]}]
            assert (found["ComparisonOperator"], found["Threshold"]) == ("LessThanThreshold", 5 * 1024**3)
            assert found["AlarmActions"] == [names.topic("responders")]
            rules = parts["incident-response"].resources("AWS::Events::Rule")
            assert not any("storage" in str(rule.properties["EventPattern"]) for rule in rules)
