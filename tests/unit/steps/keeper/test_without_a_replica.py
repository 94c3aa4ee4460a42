"""The keepers of a standby that has no instance of a database: they ask nothing of it, and nothing fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import boto3
import msgspec
import pytest
from aws_cdk.assertions import Template

from drills.world.synth import ROOT
from lyo_dr.adapters import clock
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.model.plan import Plan
from lyo_dr.model.restore import DatabaseEvidence
from lyo_dr.services.common.present import databases_here
from lyo_dr.services.incident.admission import incident_of
from lyo_dr.steps.incident_response import triage_database
from lyo_dr.steps.keeper import (
    check_integrity,
    fence_self,
    follow_storage,
    watch_databases,
    watch_peer,
    write_heartbeat,
)
from stacks.database_alarms import database_alarms
from stacks.site import Site, Sources
from tests.plans import plan_of_ways
from tests.unit.aws import World
from tests.unit.builders import IRELAND, NOON, OREGON, a_signal
from tests.unit.decisions.restore_builders import readings
from tests.unit.fences import Functions, Go, oregon_takes_over

ALARM = "lyo-dr-storage-reports"


@pytest.fixture
def ways(build: Callable[[Plan], World]) -> World:
    return build(plan_of_ways())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Databases whose integrity or replica was asked for."""
    names: list[str] = []

    def answer(_function: str, payload: dict[str, Any], _region: str, **_limits: Any) -> Any:
        names.append(payload["database"])
        return msgspec.to_builtins(DatabaseEvidence(database=names[-1], at=NOON, lsn="0/1", readings=readings()))

    monkeypatch.setattr(check_integrity, "invoke", answer)
    monkeypatch.setattr(Backups, "find", lambda *_: None)
    return names


def test_the_standby_asks_the_integrity_of_replicas_alone(ways: World, asked: list[str]) -> None:
    assert set(check_integrity.handler({})["checked"]) == {"bookings"}
    assert asked == ["bookings"]


def test_the_active_region_asks_all_that_it_has(ways: World, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", IRELAND)
    check_integrity.handler({})
    assert asked == ["bookings", "reports", "scratch"]


def test_the_watcher_asks_replicas_alone(ways: World, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def answer(_function: str, payload: dict[str, Any], _region: str, **_limits: Any) -> Any:
        names.append(payload["database"])
        return msgspec.to_builtins(ReplicaReading(database=names[-1]))

    monkeypatch.setattr(watch_peer, "invoke", answer)
    watch_peer._readings(ways.ctx())
    assert names == ["bookings"]


def test_an_incident_reads_replicas_alone(ways: World) -> None:
    incident = incident_of(ways.ctx(), a_signal(), "i", 1, NOON, OREGON)
    assert incident.databases == ["bookings"]


def test_the_databases_that_are_watched_are_those_of_the_region(ways: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_databases, "ask_connections", lambda *_: None)
    monkeypatch.setattr(watch_databases, "probe_apps", lambda *_: [])
    monkeypatch.setattr(watch_databases, "prepare_to_ask", lambda *_: None)
    oregon_takes_over(ways)
    assert watch_databases.handler({}) == {"watched": ["bookings", "reports"]}


def test_no_heartbeat_is_tried_where_there_is_nothing_to_write_to(ways: World, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = {"bookings": "db.example.com", "reports": "reports.invalid"}

    def login(_ctx: Any, name: str) -> SqlLogin:
        return SqlLogin(host=hosts[name], port=5432, username="lyo_dr", password="x", dbname=name)

    monkeypatch.setattr(write_heartbeat, "own_login", login)
    monkeypatch.setattr(write_heartbeat, "_beat", lambda *_: 1)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(clock, "monotonic", iter(range(0, 10_000, 100)).__next__)
    assert set(write_heartbeat.handler({})["beats"]) == {"bookings"}


def test_a_deposed_region_closes_what_has_moved_and_not_what_was_left(
    ways: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(ways)
    ways.prepare("ecs")
    go(IRELAND)
    fence_self.handler({})
    closed = [payload["database"] for name, _, payload in functions.asked if name == "close-database"]
    assert closed == ["bookings", "reports"]


def test_triage_of_a_database_without_a_replica_asks_none(ways: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage_database, "ask_replica_in_peer", lambda _ctx, name: ReplicaReading(database=name))
    assert triage_database._replica("bookings", ways.ctx(region=IRELAND)).error is None
    assert triage_database._replica("scratch", ways.ctx(region=IRELAND)).error == "the plan gives it no replica"


def assert_as_in_the_template(made: dict[str, Any], plan: Plan) -> None:
    """But for name, instance and topic it is the alarm that a stack makes where an instance is planned."""
    stack = cdk.Stack(cdk.App(), "Test")
    database_alarms(stack, Site(plan, IRELAND, Sources(ROOT)), plan.database("reports"))
    resources: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    (planned,) = [each["Properties"] for each in resources.values() if each["Properties"]["AlarmName"] == ALARM]
    own = {"AlarmName", "Dimensions", "AlarmActions"}
    assert {name: made[name] for name in planned.keys() - own} == {name: planned[name] for name in planned.keys() - own}
    assert len(planned["AlarmActions"]) == len(made["AlarmActions"]) == 1


def _alarms() -> list[dict[str, Any]]:
    found = boto3.client("cloudwatch", OREGON).describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    return list(found)


def test_the_storage_alarm_of_a_restored_instance_is_made_once_it_is_there(
    ways: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_storage, "follow_instance", lambda *_: False)
    assert follow_storage.handler({}) == {"moved": {}}
    assert _alarms() == [], "no alarm on an instance that does not exist"
    ctx = ways.ctx()
    ctx.store.databases.move("reports", "lyo-reports-oregon-r-12345678-1")
    assert [name for database, name in databases_here(ctx) if database.name == "reports"] == [
        "lyo-reports-oregon-r-12345678-1"
    ]
    assert follow_storage.handler({})["moved"] == {"reports": "lyo-reports-oregon-r-12345678-1"}
    (made,) = _alarms()
    assert_as_in_the_template(made, ctx.plan)
    assert made["AlarmActions"] == [ctx.names.topic("responders")]
    assert (made["Threshold"], made["ComparisonOperator"]) == (5 * 1024**3, "LessThanThreshold")
    assert follow_storage.handler({}) == {"moved": {}}
