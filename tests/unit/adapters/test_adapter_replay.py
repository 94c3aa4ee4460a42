"""Holding and winding a replay: held whatever becomes of it, never begun under another delay or too late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import pg8000.exceptions
import pytest

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.adapters.sql.wal_replay import hold_replay, wind_replay
from lyo_dr.model.delayed_replica import Advance
from tests.unit.builders import NOON, at

WINDING = Advance(until=at(-310), delay_ms=360_000, seconds=10.0)


class Replica:
    """A server that says what it was told."""

    def __init__(self, delay: float = 360.0, now: datetime = NOON) -> None:
        self.delay, self.now, self.told = delay, now, list[bool]()
        self.onboarded = True

    def rows(self, sql: str, **values: Any) -> list[list[Any]]:
        """One row."""
        if "hold_replay" not in sql:
            state = "paused" if self.told and self.told[-1] else "not paused"
            return [[self.now, True, state, at(-3600), self.delay]]
        if not self.onboarded:
            raise pg8000.exceptions.DatabaseError({"C": "42883"})
        assert values["epoch"] == 7
        self.told.append(values["held"])
        return [["held" if values["held"] else "goes on"]]


def wind(replica: Replica, sleep: Any = None) -> Any:
    slept: list[float] = []
    found = wind_replay(cast(Postgres, replica), 7, WINDING, sleep or slept.append)
    return found, slept


def test_it_goes_on_for_a_moment_and_is_held_again() -> None:
    replica = Replica()
    found, slept = wind(replica)
    assert (replica.told, slept, found.held) == ([True, False, True], [10.0], True)


def test_near_the_moment_the_time_is_shorter() -> None:
    assert wind(Replica(now=at(47)))[1] == [3.0]


@pytest.mark.parametrize(
    "replica", [Replica(delay=3600.0), Replica(now=at(50)), Replica(now=at(0) + timedelta(hours=1))]
)
def test_under_another_delay_or_when_it_is_too_late_it_stays_held(replica: Replica) -> None:
    found, slept = wind(replica)
    assert (replica.told, slept, found.held) == ([True], [], True)


def test_it_is_held_again_even_when_waiting_fails() -> None:
    replica = Replica()

    def fail(_seconds: float) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        wind(replica, fail)
    assert replica.told[-1] is True


def test_a_database_without_the_function_is_not_held_and_says_why() -> None:
    replica = Replica()
    replica.onboarded = False
    found = hold_replay(cast(Postgres, replica), 7, held=True)
    assert found.held is False
    assert found.said == "the database was onboarded without lyo_dr.hold_replay, or its owner may not pause"
