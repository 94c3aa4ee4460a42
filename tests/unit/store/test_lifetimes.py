"""How long each kind of item is kept, and that what has expired is not read any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lyo_dr.adapters import clock
from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.model.consent import Blocked
from lyo_dr.model.incident import Line, SystemRecord
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.store.lifetimes import EXPIRES, LIFETIMES, Lifetime, lifetime_of
from tests.unit.aws import World
from tests.unit.builders import NOON, OREGON, a_signal, an_incident, at

KEPT: dict[tuple[str, str], int | None] = {
    ("SYSTEM", "RECORD"): None,
    ("SYSTEM", "LEASE"): None,
    ("SYSTEM", "PAUSE"): None,
    ("SYSTEM", "RECOVERY"): None,
    ("SYSTEM", "FENCE"): None,
    ("SYSTEM", "FENCED"): None,
    ("SYSTEM", "BLOCK#breach-x"): None,
    ("SYSTEM", "OUTSTANDING#secret#key"): None,
    ("SYSTEM", "LIMITS#assistant"): None,
    ("SYSTEM", "FOLLOW#app-secrets"): None,
    ("SYSTEM", "FOLLOWING"): None,
    ("SYSTEM", "SAMPLE#07"): 7,
    ("BLOCKED", "2026-03-29T12:00:00#region-x"): 400,
    ("INCIDENT#x", "HEAD"): None,
    ("INCIDENT#x", "LINE#2026-03-29T12:00:00#Triage"): 400,
    ("INCIDENT#x", "QUESTION"): 400,
    ("INCIDENT#x", "NOTE#PROMOTION#bookings"): 400,
    ("INCIDENT#x", "NOTE#SKIP#CheckEndpoints"): 400,
    ("INCIDENT#x", "NOTE#FAILED#CheckGate"): 400,
    ("INCIDENT#x", "NOTE#FENCE#assistant"): None,
    ("INCIDENT#x", "NOTE#ISOLATED#sg-1"): None,
    ("INCIDENT#x", "NOTE#BLOCKED#eu-west-1#203.0.113.7"): None,
    ("INCIDENT#x-2", "RESUMES"): 400,
    ("OUTBOX", "customers#x#AnnounceIncident"): 30,
    ("TOKEN#x", "TOKEN"): 90,
    ("DATABASE#bookings", "RUN#2026-03-29T12:00:00"): 35,
    ("DATABASE#bookings", "GOOD"): None,
    ("DATABASE#bookings", "INSTANCE"): None,
    ("DATABASE#bookings", "SETTINGS"): None,
    ("DATABASE#bookings", "RESTORE"): None,
    ("DATABASE#bookings", "SEARCH"): None,
}


@pytest.mark.parametrize(("keys", "days"), KEPT.items(), ids=map(" ".join, KEPT))
def test_each_kind_of_item_has_a_declared_life(keys: tuple[str, str], days: int | None) -> None:
    found = lifetime_of(*keys)
    assert found is not None
    assert found.kept == (None if days is None else timedelta(days=days))


def test_each_declaration_is_reached_and_has_a_reason() -> None:
    assert {lifetime_of(*keys) for keys in KEPT} == set(LIFETIMES)
    assert all(len(each.because) > 20 for each in LIFETIMES)


def test_an_undeclared_kind_cannot_be_written_in_a_test(world: World) -> None:
    table = Table(ResourceNames(world.plan, OREGON).table, OREGON)
    with pytest.raises(AssertionError, match="does not say how long ELSE THING is kept"):
        table.put({"pk": "ELSE", "sk": "THING"})


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock; a test moves it by changing the one time in it."""
    times = [NOON]
    monkeypatch.setattr(clock, "now", lambda: times[0])
    return times


def test_an_item_that_expires_says_when_and_is_not_read_after(world: World, later: list[datetime]) -> None:
    incidents = world.ctx().store.incidents
    incidents.add_line("i", Line(at=NOON, step="S", sentence="said"))
    incidents.record_once("i", "PROMOTION", "bookings")
    raw = Table(ResourceNames(world.plan, OREGON).table, OREGON)
    (line,) = raw.list("INCIDENT#i", "LINE#")
    assert line[EXPIRES] == int((NOON + timedelta(days=400)).timestamp())
    later[0] = NOON + timedelta(days=399)
    assert incidents.timeline("i")
    assert incidents.read_note("i", "PROMOTION", "bookings") is not None
    later[0] = NOON + timedelta(days=400)
    assert incidents.timeline("i") == []
    assert incidents.read_note("i", "PROMOTION", "bookings") is None
    assert raw.list("INCIDENT#i", "LINE#"), "DynamoDB may take days to delete it"


def test_what_is_kept_forever_is_read_after_years(world: World, later: list[datetime]) -> None:
    store, incident = world.ctx().store, an_incident()
    record = SystemRecord(active_region=OREGON, standby_region=None, epoch=1)
    store.incidents.open(incident, a_signal(), "digest")
    store.control.change_record(record)
    store.incidents.record_once(incident.id, "FENCE", "assistant", desired=2)
    later[0] = NOON + timedelta(days=4000)
    assert store.control.record() == record
    assert store.incidents.head(incident.id) is not None
    assert store.incidents.notes(incident.id, "FENCE")


def test_a_written_again_item_lives_on(world: World, later: list[datetime]) -> None:
    controls = world.ctx().store.controls
    blocked = Blocked(at=NOON, incident="i", region=OREGON, why="cooldown")
    controls.block(blocked)
    later[0] = NOON + timedelta(days=300)
    controls.block(blocked)
    later[0] = NOON + timedelta(days=600)
    assert controls.blocked() == [blocked]


def test_the_reader_does_not_see_the_attribute(world: World, later: list[datetime]) -> None:
    incidents = world.ctx().store.incidents
    incidents.checkpoint("i", "REPLAYED", "x", rows=1)
    note = incidents.read_note("i", "REPLAYED", "x")
    assert later == [NOON]
    assert note == {"pk": "INCIDENT#i", "sk": "NOTE#REPLAYED#x", "rows": 1}
    assert incidents.notes("i", "REPLAYED") == [note]


def test_an_expired_item_may_be_written_over(world: World, later: list[datetime]) -> None:
    databases = world.ctx().store.databases
    assert databases.instance("bookings", "planned") == "planned"
    world.ctx().store.incidents.checkpoint("i", "REPLAYED", "x", rows=1)
    later[0] = at(0) + timedelta(days=401)
    world.ctx().store.incidents.checkpoint("i", "REPLAYED", "x", rows=2)
    note = world.ctx().store.incidents.read_note("i", "REPLAYED", "x")
    assert note is not None
    assert note["rows"] == 2


def test_a_declaration_names_no_kind_twice() -> None:
    keys = [(each.pk, each.sk) for each in LIFETIMES]
    assert len(keys) == len(set(keys))
    assert isinstance(LIFETIMES[0], Lifetime)
