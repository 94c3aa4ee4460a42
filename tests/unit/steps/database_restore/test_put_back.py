"""PutBack: what was good while the secrets led to a restored instance says nothing of the one they lead back to."""

from __future__ import annotations

import msgspec
import pytest

from lyo_dr.adapters import clock
from lyo_dr.model.restore import IntegrityCheck, Reading
from lyo_dr.services.restore import rollback
from lyo_dr.steps.database_restore import put_back
from tests.unit.aws import World
from tests.unit.builders import REPLICA, at
from tests.unit.restores import given_rds

RESTORED = f"{REPLICA}-r-0a1b2c3d-1"


def a_run(seconds: float, faults: tuple[str, ...] = ()) -> IntegrityCheck:
    return IntegrityCheck(at=at(seconds), lsn="0/1", readings=[Reading(name="users", value=5)], faults=list(faults))


def runs(world: World) -> list[tuple[IntegrityCheck, bool]]:
    found = world.ctx().store.databases.runs("bookings", at(0))
    return [(run, not run.faults) for run in found]


@pytest.fixture
def pointed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A restore that had led the secrets to its instance a minute ago."""
    given_rds(world, monkeypatch, REPLICA).given(RESTORED)
    monkeypatch.setattr(rollback, "put_secrets_back", lambda *_: ["lyo-saas/production/app-secrets"])
    monkeypatch.setattr(clock, "now", lambda: at(0))
    ctx, incident = world.ctx(), world.given_incident()
    ctx.store.incidents.record_once(incident.id, "DAMAGED", "bookings", instance=REPLICA)
    ctx.store.incidents.record_once(incident.id, "POINTED", "bookings", instance=RESTORED, at=at(-60).isoformat())
    ctx.store.databases.move("bookings", RESTORED)
    return world


def put_it_back(world: World) -> None:
    incident = world.given_incident()
    put_back.handler({"incident": msgspec.to_builtins(incident), "database": "bookings"})


def test_good_runs_of_the_instance_that_was_given_up_count_no_more(pointed: World) -> None:
    databases = pointed.ctx().store.databases
    for run in (a_run(-600), a_run(-300, ("users fell",)), a_run(-30)):
        databases.record_run("bookings", run)
    put_it_back(pointed)
    assert [good for _, good in runs(pointed)] == [True, False, False]
    assert databases.baseline("bookings") == a_run(-600)
    assert databases.instance("bookings", "planned") == REPLICA


def test_where_all_good_runs_were_its_own_there_is_no_baseline(pointed: World) -> None:
    pointed.ctx().store.databases.record_run("bookings", a_run(-30))
    put_it_back(pointed)
    assert pointed.ctx().store.databases.baseline("bookings") is None


def test_its_twin_runs_before_the_secrets_were_led_there_stay_good(pointed: World) -> None:
    databases = pointed.ctx().store.databases
    databases.record_run("bookings", a_run(-90))
    put_it_back(pointed)
    assert databases.baseline("bookings") == a_run(-90)
    assert [good for _, good in runs(pointed)] == [True]


def test_put_back_twice_is_put_back_once(pointed: World) -> None:
    databases = pointed.ctx().store.databases
    for run in (a_run(-600), a_run(-30)):
        databases.record_run("bookings", run)
    put_it_back(pointed)
    first = runs(pointed)
    put_it_back(pointed)
    assert runs(pointed) == first
