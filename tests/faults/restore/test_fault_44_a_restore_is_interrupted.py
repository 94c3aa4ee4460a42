"""Fault 44: a restore is killed, and an operator starts it again: one instance, and nothing forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.restore.resume import done_before, go_on, was_interrupted
from lyo_dr.model.restore import RecoveryPoint, RestoreRequest, Target
from lyo_dr.model.search import Bracket
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.resume import take_up, to_take_up
from lyo_dr.steps.database_restore import choose_recovery_point
from tests.unit.aws import World
from tests.unit.builders import NOON, OREGON, REPLICA, a_signal, an_incident, at
from tests.unit.restores import FakeRds, given_rds

FORMER, LATER = "database-1", "database-2"
TARGET, OTHER = Target(kind="moment", at=at(-60)), Target(kind="moment", at=at(-120))
CHOSEN = RecoveryPoint(status="chosen", sentence="Restoring to another", target=OTHER)
SEARCH = Bracket(good=at(-300), bad=at(0))


@pytest.mark.parametrize(
    ("head", "taken"),
    [
        ({"state": "open", "opened_at": at(-60).isoformat()}, True),
        ({"state": "closed", "opened_at": at(-60).isoformat()}, False),
        ({"state": "failed", "opened_at": at(-60).isoformat()}, False),
        ({"state": "open", "opened_at": at(-2 * 86400).isoformat()}, False),
        (None, False),
    ],
    ids=["nobody works on it any more", "it ended", "it failed and was put back", "people have seen to it", "unknown"],
)
def test_fault_44_only_an_incident_that_nobody_ended_is_taken_up(head: dict[str, Any] | None, taken: bool) -> None:
    assert was_interrupted(head, NOON) is taken


def test_fault_44_without_a_moment_of_his_own_an_operator_goes_on_to_the_one_that_was_chosen() -> None:
    verdict = go_on(RestoreRequest(), CHOSEN, tried=[TARGET], search=SEARCH, former=FORMER)
    assert (verdict.status, verdict.target, verdict.search) == ("chosen", TARGET, SEARCH)
    assert verdict.sentence == "Restoring to 2026-03-29 11:59:00 UTC: resuming where database-1 was interrupted"
    refused = RecoveryPoint(status="refused", sentence="the restored data is good, so nothing names a moment")
    assert go_on(RestoreRequest(), refused, tried=[TARGET], search=None, former=FORMER).target == TARGET


def test_fault_44_a_moment_of_his_own_counts_and_is_refused_where_it_is_impossible() -> None:
    wish = RestoreRequest(restore_to=OTHER.at)
    assert go_on(wish, CHOSEN, tried=[TARGET], search=None, former=FORMER) == CHOSEN
    refused = RecoveryPoint(status="refused", sentence="it is in the future")
    assert go_on(wish, refused, tried=[TARGET], search=None, former=FORMER) == refused
    same = RecoveryPoint(status="chosen", sentence="Restoring to it", target=TARGET)
    assert "resuming" in go_on(wish, same, tried=[TARGET], search=None, former=FORMER).sentence


def test_fault_44_one_that_had_come_to_its_end_is_not_begun_again() -> None:
    verdict = done_before(FORMER, "postgres")
    assert (verdict.status, verdict.target) == ("held", None)
    assert verdict.sentence == "database-1 had already finished: postgres was renamed. Nothing was changed"


@pytest.fixture
def interrupted(world: World) -> World:
    """An incident that had pointed the secrets to what it restored, and was killed."""
    ctx = world.ctx()
    ctx.store.incidents.open(an_incident(id=FORMER, opened_at=ctx.now()), a_signal(), "plan")
    Attempts(ctx, FORMER).add(1, TARGET, SEARCH)
    ctx.store.incidents.record_once(FORMER, "DAMAGED", "bookings", instance=REPLICA)
    ctx.store.incidents.record_once(FORMER, "STOPPED", "assistant", desired=2, minimum=2, maximum=6)
    ctx.store.incidents.record_once(FORMER, "READ_ONLY", "bookings")
    ctx.store.incidents.record_once(FORMER, "POINTED", "bookings", instance="postgres-r-1")
    ctx.store.databases.begin_restore("bookings", FORMER)
    return world


def test_fault_44_its_notes_become_those_of_the_incident_that_goes_on(interrupted: World) -> None:
    ctx = interrupted.ctx()
    assert to_take_up(ctx, LATER, "bookings") == FORMER
    for _ in range(2):
        take_up(ctx, LATER, "bookings", FORMER)
    former, later = Attempts(ctx, FORMER), Attempts(ctx, LATER)
    assert later.all() == [TARGET]
    assert later.open_search() == SEARCH
    assert later.instance("postgres") == former.instance("postgres")
    assert (later.maker(), later.origin()) == (FORMER, FORMER)
    assert later.damaged("bookings") == REPLICA
    (stopped,) = ctx.store.incidents.notes(LATER, "STOPPED")
    assert (stopped["desired"], stopped["minimum"]) == (2, 2)
    assert ctx.store.incidents.record_once(LATER, "STOPPED", "assistant", desired=0) is False
    assert ctx.store.incidents.read_note(LATER, "READ_ONLY", "bookings") is not None, (
        "its writes would never be let again"
    )


def test_fault_44_a_function_that_is_run_again_goes_on_with_its_own_incident(interrupted: World) -> None:
    ctx = interrupted.ctx()
    take_up(ctx, LATER, "bookings", FORMER)
    assert to_take_up(ctx, LATER, "bookings") == LATER


def test_fault_44_the_twin_one_that_ended_is_left_alone_and_its_notes_with_it(interrupted: World) -> None:
    ctx = interrupted.ctx()
    ctx.store.incidents.set(FORMER, state="failed")
    assert to_take_up(ctx, LATER, "bookings") is None
    take_up(ctx, LATER, "bookings", None)
    assert Attempts(ctx, LATER).all() == []
    assert ctx.store.databases.restoring("bookings") == LATER


def test_fault_44_one_that_had_chosen_nothing_yet_left_nothing_to_go_on_with(world: World) -> None:
    ctx = world.ctx()
    ctx.store.incidents.open(an_incident(id=FORMER, opened_at=ctx.now() - timedelta(minutes=1)), a_signal(), "plan")
    ctx.store.databases.begin_restore("bookings", FORMER)
    assert to_take_up(ctx, LATER, "bookings") is None


@pytest.fixture
def rds(interrupted: World, monkeypatch: pytest.MonkeyPatch) -> FakeRds:
    """The damaged instance is still there under its name."""
    return given_rds(interrupted, monkeypatch, REPLICA)


def choose(world: World, **signal: Any) -> Any:
    """An operator starts it once more; the restored database, which is asked by now, is good."""
    incident = world.given_incident(gate=None)
    asked = a_signal(kind="database", region=OREGON, **{"source": "operator", "database": "bookings", **signal})
    event = {"incident": incident, "signal": asked, "evidence": {"database": "bookings"}}
    return choose_recovery_point.handler(msgspec.to_builtins(event)), incident


def test_fault_44_the_operator_who_starts_it_again_gets_the_same_moment(interrupted: World, rds: FakeRds) -> None:
    for _ in range(2):
        verdict, incident = choose(interrupted)
        assert verdict["status"] == "chosen"
        assert Attempts(interrupted.ctx(), incident.id).all() == [TARGET]
    head = interrupted.ctx().store.incidents.head(incident.id)
    assert head is not None
    assert head["gate"] == "open"


def test_fault_44_another_moment_of_his_is_the_next_attempt(interrupted: World, rds: FakeRds) -> None:
    _, incident = choose(interrupted, restore_to=OTHER.at)
    assert Attempts(interrupted.ctx(), incident.id).all() == [TARGET, OTHER]


def test_fault_44_nothing_is_begun_again_when_the_damaged_instance_was_put_aside(
    interrupted: World, rds: FakeRds
) -> None:
    rds.instances.clear()
    verdict, incident = choose(interrupted)
    assert verdict["status"] == "held"
    assert Attempts(interrupted.ctx(), incident.id).all() == []


def test_fault_44_an_alarm_that_may_not_restore_takes_nothing_up(interrupted: World, rds: FakeRds) -> None:
    verdict, incident = choose(interrupted, source="integrity")
    assert verdict["status"] == "held"
    assert Attempts(interrupted.ctx(), incident.id).all() == []
    assert interrupted.ctx().store.databases.restoring("bookings") == FORMER
