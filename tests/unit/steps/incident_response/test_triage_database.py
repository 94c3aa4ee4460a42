"""A database of Ireland whose alarm goes off: the keeper that tells it, and the door that looks before it acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import cloudwatch
from lyo_dr.decisions.incident.signals import execution_name, signal_from_event
from lyo_dr.errors import AwsCallFailed, DatabaseUnreachable
from lyo_dr.model.facts import Probe
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.services.common import sql_functions
from lyo_dr.steps.incident_response import open_incident, triage_database
from lyo_dr.steps.keeper import count_connections, watch_databases
from tests.plans import lyo_plan
from tests.unit.aws import RdsModel, World
from tests.unit.builders import IRELAND, NOON, OREGON, PRIMARY, a_signal, an_alarm, given_replica, serving
from tests.unit.decisions.instance_builders import answering, silent, without_database

Answers = dict[str, Any]
ALARM = f"arn:aws:cloudwatch:{IRELAND}:123456789012:alarm:lyo-dr-{{}}-bookings"
ID = "connections-bookings-eu-west-1-20260329T120000"


@pytest.fixture(autouse=True)
def _in_ireland(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", IRELAND)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the functions inside the VPC say; an error is a function that could not be asked."""
    given: Answers = {
        "count-connections": silent(),
        "read-replica": given_replica(silent_for=170),
        "read-integrity": AwsCallFailed("it failed"),
    }

    def ask(function: str, _payload: Any, region: str, **_limits: Any) -> Any:
        (name,) = [name for name in given if function.endswith(name)]
        assert region == (OREGON if name == "read-replica" else IRELAND)
        if isinstance(given[name], Exception):
            raise given[name]
        return msgspec.to_builtins(given[name])

    monkeypatch.setattr(sql_functions, "invoke", ask)
    return given


def given_apps(monkeypatch: pytest.MonkeyPatch, *apps: Probe) -> None:
    for module in (triage_database, watch_databases):
        monkeypatch.setattr(module, "probe_apps", lambda *_asked: list(apps))


def given_incident(world: World) -> Incident:
    incident = world.given_incident(region=IRELAND, lost_region=IRELAND, database="bookings", lease_region=OREGON)
    world.calls.rds[PRIMARY] = RdsModel(status="failed", source=None)
    return incident


def look(incident: Incident, so_far: dict[str, Any] | None = None) -> dict[str, Any]:
    said: dict[str, Any] = triage_database.handler({"incident": msgspec.to_builtins(incident), "so_far": so_far or {}})
    return said


def test_the_first_look_waits_and_a_later_one_carries_the_silence_on(
    world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_apps(monkeypatch, without_database())
    incident = given_incident(world)
    first = look(incident)
    assert first["decision"] == "look_again"
    second = look(incident, {"triage": first})
    assert second["silence"]["since"] == first["silence"]["since"]
    assert "RDS: lyo-saas-production-postgres is failed, in one zone" in second["evidence"]


def test_a_database_that_was_restored_before_is_looked_for_where_it_is_now(
    world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_apps(monkeypatch, without_database())
    incident, now = given_incident(world), f"{PRIMARY}-r-0a1b2c3d-1"
    world.calls.rds[now] = world.calls.rds.pop(PRIMARY)
    world.ctx(region=IRELAND).store.databases.move("bookings", now)
    assert f"RDS: {now} is failed, in one zone" in look(incident)["evidence"]


def test_a_database_that_answers_is_asked_for_its_integrity_and_left_alone(
    world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_apps(monkeypatch, serving())
    incident = given_incident(world)
    world.calls.rds[PRIMARY].status = "available"
    answers["count-connections"] = answering()
    assert look(incident)["decision"] == "stood_down"


def test_an_instance_rds_does_not_know_and_a_silent_rds_are_two_things(
    world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_apps(monkeypatch, without_database())
    incident = given_incident(world)
    del world.calls.rds[PRIMARY]
    assert "RDS has no such instance" in look(incident)["sentence"]


@pytest.mark.parametrize("kind", ["connections", "errors"])
def test_the_alarms_become_signals_of_the_database_with_names_of_their_own(kind: str) -> None:
    event = an_alarm(resources=[ALARM.format(kind)]) | {"region": IRELAND}
    signal = signal_from_event(event, lyo_plan())
    assert (signal.kind, signal.source, signal.region, signal.database) == ("database", kind, IRELAND, "bookings")
    assert execution_name(signal) == f"{kind}-bookings-eu-west-1-20260329T120000"


def test_a_full_disk_is_told_to_people_and_is_no_signal() -> None:
    event = an_alarm(resources=[ALARM.format("storage")]) | {"region": IRELAND}
    with pytest.raises(Exception, match="the event names an alarm that is not ours"):
        signal_from_event(event, lyo_plan())


def opened(source: str = "connections", execution: str = ID) -> dict[str, Any]:
    signal = a_signal(kind="database", source=source, database="bookings", at=NOON)
    said: dict[str, Any] = open_incident.handler({"signal": msgspec.to_builtins(signal), "execution": execution})
    return said


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lyo_dr.adapters.clock.now", lambda: NOON)


@pytest.mark.usefixtures("at_noon")
def test_it_waits_while_an_incident_of_the_region_has_the_lease_and_opens_after_it(world: World) -> None:
    standby = world.ctx(region=OREGON).store.control
    lease = standby.take_lease("region-eu-west-1-x", NOON, world.plan.budgets.lease)
    assert lease is not None
    waiting = opened()
    assert (waiting["admission"], waiting["wait_seconds"]) == ("busy", 15)
    assert "this signal waits for it to end" in waiting["sentence"]
    assert standby.release_lease("region-eu-west-1-x", lease.epoch, NOON)
    assert opened()["admission"] == "open"
    assert opened("errors", ID.replace("connections", "errors"))["admission"] == "duplicate"


def test_it_counts_what_nobody_can_and_tells_nothing_of_what_it_does_not_know(
    world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, Any, Any]] = []

    def write(_region: str, database: str, *, lost: Any, errors: Any) -> None:
        told.append((database, lost, errors))

    monkeypatch.setattr(watch_databases, "write_database_watch", write)
    given_apps(monkeypatch, without_database())
    assert watch_databases.handler({}) == {"watched": ["bookings"]}
    answers["count-connections"] = AwsCallFailed("it failed")
    watch_databases.handler({})
    assert told == [("bookings", True, 1.0), ("bookings", None, 1.0)]


def test_a_stand_by_is_not_watched(world: World, answers: Answers) -> None:
    active = SystemRecord(active_region=OREGON, standby_region=IRELAND, epoch=3)
    world.ctx(region=IRELAND).store.control.change_record(active)
    assert watch_databases.handler({}) == {"watched": []}
    assert watch_databases.handler({"warm": True}) == {"warm": True}


def test_nothing_known_is_nothing_told(world: World) -> None:
    cloudwatch.write_database_watch(IRELAND, "bookings", lost=None, errors=None)
    assert world.calls.count("cloudwatch:PutMetricData") == 0
    cloudwatch.write_database_watch(IRELAND, "bookings", lost=False, errors=None)
    assert world.calls.count("cloudwatch:PutMetricData") == 1


def test_a_refusal_of_the_server_is_told_apart_from_silence(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(lyo_plan())
    monkeypatch.setattr(count_connections, "own_login", lambda *_: None)

    def connect(state: str | None) -> Any:
        def connected(*_: Any) -> Any:
            raise DatabaseUnreachable("database at x: no", state)

        return connected

    for state, answered in (("28P01", True), (None, False), ("57P03", False)):
        monkeypatch.setattr(count_connections, "connected", connect(state))
        said = count_connections.handler({"database": "bookings"})
        assert msgspec.convert(said, type(silent())).answered is answered
