"""What the integrity keeper remembers of each run, and what of it raises the alarm."""

from __future__ import annotations

import msgspec
import pytest

from lyo_dr.model.restore import DatabaseEvidence, Reading
from lyo_dr.steps.keeper import check_integrity
from tests.unit.aws import World
from tests.unit.builders import IRELAND, NOON, at


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The faults the metric was told of, run by run."""
    found: list[int] = []
    monkeypatch.setenv("AWS_REGION", IRELAND)
    monkeypatch.setattr("lyo_dr.adapters.clock.now", lambda: NOON)
    monkeypatch.setattr(check_integrity, "write_integrity", lambda *_where, **told: found.append(told["faults"]))
    return found


@pytest.fixture
def not_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the other metric was told of, run by run."""
    found: list[int] = []
    monkeypatch.setenv("AWS_REGION", IRELAND)
    monkeypatch.setattr("lyo_dr.adapters.clock.now", lambda: NOON)
    monkeypatch.setattr(check_integrity, "write_integrity", lambda *_where, **told: found.append(told["not_asked"]))
    return found


def ask(world: World, patch: pytest.MonkeyPatch, seconds: float, error: str | None = None) -> int:
    """One run; the first question ends in ``error``. The number of faults on record."""
    first, *others = (check.name for check in world.plan.databases[0].integrity)
    readings = [Reading(name=name, value=0) for name in others]
    readings.append(Reading(name=first, value=None if error else 0, error=error))
    evidence = DatabaseEvidence(database="bookings", at=at(seconds), lsn="0/1", readings=readings)
    patch.setattr(check_integrity, "invoke", lambda *_args, **_limits: msgspec.to_builtins(evidence))
    return int(check_integrity.handler({})["checked"]["bookings"])


def test_a_question_that_found_no_time_is_no_good_run_and_raises_no_alarm(
    world: World, told: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(world, monkeypatch, -900) == 0
    assert ask(world, monkeypatch, -600, "SQLSTATE 57014") == 1
    good = world.ctx(region=IRELAND).store.databases.baseline("bookings")
    assert good is not None
    assert good.at == at(-900)
    assert told == [0, 0]


def test_a_question_that_is_never_answered_any_more_raises_it(
    world: World, told: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(world, monkeypatch, -1200)
    for seconds in (-900, -600, -300):
        ask(world, monkeypatch, seconds, "SQLSTATE 57014")
    assert told == [0, 0, 0, 1]


def test_a_table_that_is_gone_raises_it_at_once(world: World, told: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    ask(world, monkeypatch, -600)
    ask(world, monkeypatch, -300, "SQLSTATE 42P01")
    assert told == [0, 1]


def test_n4_a_query_that_cannot_be_asked_has_an_alarm_of_its_own_from_the_first_run_and_spoils_no_baseline(
    world: World, not_asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [ask(world, monkeypatch, seconds, "SQLSTATE 42P01") for seconds in (-900, -600, -300)] == [0, 0, 0]
    assert not_asked == [1, 1, 1]
    good = world.ctx(region=IRELAND).store.databases.baseline("bookings")
    assert good is not None
    assert good.at == at(-300)


def test_l1_a_table_that_cannot_be_compared_is_told_there_long_before_it_would_have_to_be(
    world: World, not_asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [Reading(name=check.name, value=0) for check in world.plan.databases[0].integrity]
    unfit = ["lines: order_id is not a unique key; write key: [order_id, line]"]
    evidence = DatabaseEvidence(database="bookings", at=at(0), lsn="0/1", readings=values, unfit=unfit)
    monkeypatch.setattr(check_integrity, "invoke", lambda *_args, **_limits: msgspec.to_builtins(evidence))
    assert check_integrity.handler({}) == {"checked": {"bookings": 0}}
    assert not_asked == [1]
