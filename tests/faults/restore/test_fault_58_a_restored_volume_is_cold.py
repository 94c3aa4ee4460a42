"""Fault 58: a restored volume is cold, and its first reading takes minutes. It is asked again; one restore is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import msgspec
import pg8000.exceptions
import pytest

from lyo_dr.adapters.sql.integrity import read_integrity
from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.decisions.common.integrity import answered_faults, without_verdict
from lyo_dr.decisions.restore.new_instance import judge_silent
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import DatabaseEvidence, IntegrityCheck, NewInstance, Reading, Target, Window
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.steps.database_restore import judge_restored
from lyo_dr.steps.restore_replicated import judge_restored as judge_replicated
from tests.unit.aws import World
from tests.unit.builders import REPLICA, a_deadline, at
from tests.unit.decisions.restore_builders import COUNT, ORPHANS, a_run

CHECKS = [COUNT, ORPHANS]
NO_TIME = ["57014", "57P01", "57P03", "53300", "08006", "55P03", "40001", "28P01", "42501"]
SAID = ["42P01", "42703", "3F000", "XX001", "22012"]
ANSWERED = a_run(-900, appointments=5)
NEVER = msgspec.structs.replace(ANSWERED, readings=[Reading(name="appointments", value=5)])
MOMENT = Target(kind="moment", at=at(-600))
EARLIER = at(-3600)


@pytest.mark.parametrize("state", NO_TIME)
def test_a2_an_error_that_is_not_about_the_data_is_no_verdict(state: str) -> None:
    readings = [Reading(name="appointments", value=5), Reading(name="orphans", error=f"SQLSTATE {state}")]
    assert answered_faults(CHECKS, readings, ANSWERED) == []
    assert without_verdict(CHECKS, readings, ANSWERED) == [f"orphans (SQLSTATE {state})"]


@pytest.mark.parametrize("error", [*(f"SQLSTATE {state}" for state in SAID), "no number", "refused"])
def test_a2_the_twin_what_the_database_says_about_the_data_is_one(error: str) -> None:
    readings = [Reading(name="appointments", value=5), Reading(name="orphans", error=error)]
    assert answered_faults(CHECKS, readings, ANSWERED) == [f"orphans returned no result ({error})"]
    assert without_verdict(CHECKS, readings, ANSWERED) == []


@pytest.mark.parametrize("error", ["SQLSTATE 42P01", "SQLSTATE 42601", "SQLSTATE 42501", "no number"])
def test_n4_a_query_never_answered_neither_accuses_a_restored_instance_nor_keeps_it_waiting(error: str) -> None:
    readings = [Reading(name="appointments", value=5), Reading(name="orphans", error=error)]
    for baseline in (None, NEVER):
        assert answered_faults(CHECKS, readings, baseline) == []
        assert without_verdict(CHECKS, readings, baseline) == []


def test_a2_what_was_not_asked_for_want_of_time_is_no_verdict_either() -> None:
    assert answered_faults(CHECKS, [], None) == []
    assert without_verdict(CHECKS, []) == ["appointments (not queried yet)", "orphans (not queried yet)"]


class Cold:
    """A server on which each query takes ten seconds, unless it is cancelled before."""

    def __init__(self) -> None:
        self.spent, self.limits = 0.0, list[float]()

    def limit(self, seconds: float) -> None:
        """statement_timeout."""
        self.limits.append(seconds)

    def rows(self, sql: str, **_values: Any) -> list[list[Any]]:
        """The clock at once, an answer in time, or a cancellation."""
        if "clock_timestamp" in sql:
            return [[at(0), "0/1"]]
        self.spent += min(10.0, self.limits[-1])
        if self.limits[-1] < 10.0:
            raise pg8000.exceptions.DatabaseError({"C": "57014", "M": "canceling statement due to statement timeout"})
        return [[1]]


def test_a2_a_round_keeps_what_was_answered_and_ends_with_its_time() -> None:
    cold = Cold()
    three = [COUNT, ORPHANS, msgspec.structs.replace(COUNT, name="third")]
    _, _, readings = read_integrity(cast(Postgres, cold), three, lambda: 15.0 - cold.spent)
    found = [(reading.name, reading.value, reading.error) for reading in readings]
    assert found == [("appointments", 1.0, None), ("orphans", None, "SQLSTATE 57014")]
    assert cold.limits == [15.0, 5.0]


def silent(spent: float, *, again: bool) -> Any:
    deadline = a_deadline(timedelta(minutes=20), spent=spent)
    return judge_silent(["orphans (SQLSTATE 57014)"], name="new-1", deadline=deadline, target=MOMENT, again=again)


def test_fault_58_silence_is_asked_again_then_restored_once_more_to_the_same_moment_then_a_clear_end() -> None:
    pending = silent(0, again=True)
    assert (pending.status, pending.wait_seconds, pending.target) == ("pending", 15, None)
    once_more = silent(1200, again=True)
    assert (once_more.status, once_more.target) == ("again", MOMENT)
    assert once_more.sentence == (
        "new-1 did not answer within 20 min, so its data is not judged: orphans (SQLSTATE 57014); "
        "next: 2026-03-29 11:50:00 UTC, once more"
    )
    end = silent(1200, again=False)
    assert (end.status, end.target) == ("broken", None)
    assert "its data is not judged" in end.sentence
    assert "damaged" not in end.sentence


MACHINES: dict[str, tuple[Callable[..., Any], str | None]] = {
    "database_restore": (judge_restored.handler, None),
    "restore_replicated": (judge_replicated.handler, "bookings"),
}


@pytest.fixture(params=list(MACHINES.values()), ids=list(MACHINES))
def judge(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Judge what a restored instance says, so many seconds after it was available; with the attempts afterwards."""
    handler, database = request.param
    incident: Incident = world.given_incident()
    ctx = world.ctx()
    ctx.store.incidents.record_once(incident.id, "DAMAGED", "bookings", instance=REPLICA)
    Attempts(ctx, incident.id, database).add(1, MOMENT)
    values = [Reading(name=check.name, value=0.0) for check in world.plan.databases[0].integrity]
    ctx.store.databases.record_run("bookings", IntegrityCheck(at=EARLIER, lsn="0/1", readings=values, faults=[]))
    window = Window(earliest=at(-86400), latest=at(0))
    monkeypatch.setattr("lyo_dr.adapters.aws.rds_backups.Backups.window", lambda *_: window)
    monkeypatch.setattr("lyo_dr.adapters.aws.rds_backups.Backups.snapshots", lambda *_: [])
    monkeypatch.setattr("lyo_dr.steps.restore_replicated.judge_restored.backups_of", lambda *_: None)

    def judged(answers: DatabaseEvidence, spent: float = 0.0) -> tuple[Any, list[Target]]:
        available = ctx.now() - timedelta(seconds=spent)
        beside = NewInstance(status="ready", sentence="", identifier="new", host="x", port=1, available_at=available)
        event = {"incident": incident, "database": "bookings", "beside": beside, "restored": answers}
        return handler(msgspec.to_builtins(event)), Attempts(ctx, incident.id, database).all()

    return judged


def answered(world: World, **values: float | str) -> DatabaseEvidence:
    """Every query is answered by 0, but for these: by a number, or an error."""

    def reading(name: str) -> Reading:
        value = values.get(name.replace(" ", "_"), 0.0)
        return Reading(name=name, error=value) if isinstance(value, str) else Reading(name=name, value=value)

    readings = [reading(check.name) for check in world.plan.databases[0].integrity]
    return DatabaseEvidence(database="bookings", at=at(0), lsn="0/1", readings=readings)


SLOW: dict[str, Callable[[World], DatabaseEvidence]] = {
    "no answer within the time-out": lambda _: DatabaseEvidence(database="bookings", error="TimeoutError"),
    "statement_timeout": lambda world: answered(world, users="SQLSTATE 57014"),
    "never asked": lambda _: DatabaseEvidence(database="bookings", at=at(0), lsn="0/1"),
}


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW.keys())
def test_fault_58_a_slow_instance_is_asked_again_and_no_earlier_moment_is_restored(
    world: World, judge: Any, slow: Callable[[World], DatabaseEvidence]
) -> None:
    verdict, attempts = judge(slow(world), spent=1200)
    assert (verdict["status"], attempts) == ("pending", [MOMENT]), "20 min, after 5 min of prewarming"
    verdict, attempts = judge(answered(world))
    assert (verdict["status"], attempts) == ("good", [MOMENT])


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW.keys())
def test_fault_58_silent_to_the_end_the_same_moment_is_restored_once_more_and_no_third_time(
    world: World, judge: Any, slow: Callable[[World], DatabaseEvidence]
) -> None:
    verdict, attempts = judge(slow(world), spent=1500)
    assert (verdict["status"], attempts) == ("again", [MOMENT, MOMENT])
    verdict, attempts = judge(slow(world), spent=1500)
    assert (verdict["status"], attempts) == ("broken", [MOMENT, MOMENT])


@pytest.mark.parametrize("wrong", [{"appointments_of_nobody": 3.0}, {"appointments_of_nobody": "SQLSTATE 42P01"}])
def test_fault_58_the_twin_a_wrong_answer_or_a_missing_table_leads_to_an_earlier_moment_or_the_end(
    world: World, judge: Any, wrong: dict[str, float | str]
) -> None:
    verdict, attempts = judge(answered(world, users="SQLSTATE 57014", **wrong))
    assert "new is damaged as well: appointments of nobody" in verdict["sentence"]
    assert verdict["status"] == "again"
    assert len(attempts) == 2
    assert attempts[1].at is not None
    assert attempts[1].at <= EARLIER
