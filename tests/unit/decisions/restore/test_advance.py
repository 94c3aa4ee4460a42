"""How near a delayed replica is brought to the damage: never over it, whatever is late, short or unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.restore.advance import AdvanceLimits, next_turn, pace_of
from lyo_dr.model.delayed_replica import Advance, Replay
from lyo_dr.model.plan import Timing
from tests.unit.builders import at

PACE = AdvanceLimits(slack=timedelta(seconds=60), margin=timedelta(seconds=10), run=timedelta(seconds=10))
HOUR = Replay(at=at(0), in_recovery=True, state="paused", replayed_to=at(-3600), delay_seconds=3600.0)
MOMENT = at(-300)
SET = 360_000
"""At noon commits of six minutes ago may come: a minute before the moment."""


def turn(delay_ms: int | None = None, *, own_group: bool = True, late: bool = False, **changes: Any) -> Any:
    replay = msgspec.structs.replace(HOUR, **changes)
    return next_turn(replay, moment=MOMENT, delay_ms=delay_ms, own_group=own_group, late=late, pace=PACE)


def test_the_pace_follows_the_rhythms_of_the_plan() -> None:
    assert pace_of(Timing()) == PACE
    assert pace_of(Timing(heartbeat_every=timedelta(seconds=0.1))).margin == timedelta(seconds=1)


def test_first_its_delay_becomes_one_that_ends_a_minute_before_the_moment() -> None:
    first = turn()
    assert (first.do, first.delay_ms) == ("set", SET)
    assert "its delay is set to 6 min" in first.sentence


def test_nothing_goes_on_before_that_delay_is_in_force() -> None:
    assert turn(SET).do == "wait"


def test_then_it_goes_on_for_a_moment_at_a_time_and_never_nearer_than_the_margin() -> None:
    next_ = turn(SET, delay_seconds=360.0)
    assert (next_.do, next_.winding) == ("wind", Advance(until=at(-310), delay_ms=SET, seconds=10.0))
    assert turn(SET, delay_seconds=360.0, at=at(49)).do == "wind"


@pytest.mark.parametrize("replayed_to", [at(-311), at(-360)])
def test_it_is_done_when_the_clock_has_brought_it_to_the_margin(replayed_to: Any) -> None:
    assert turn(SET, delay_seconds=360.0, at=at(50), replayed_to=replayed_to).do == "done"


def test_one_that_has_much_to_replay_gets_another_minute() -> None:
    again = turn(SET, delay_seconds=360.0, at=at(50), replayed_to=at(-1800))
    assert (again.do, again.delay_ms) == ("set", 410_000)


def test_a_delay_that_came_into_force_too_late_is_set_anew_and_never_used() -> None:
    assert turn(SET, at=at(55)).do == "set"


@pytest.mark.parametrize(
    "changes",
    [{"own_group": False}, {"late": True}, {"replayed_to": at(-320)}, {"at": at(90_000)}],
    ids=["its group is not its own", "nobody waits any longer", "it is near already", "RDS takes a day at most"],
)
def test_without_winding_it_stays_where_it_is(changes: Any) -> None:
    assert turn(**changes).do == "done"


@pytest.mark.parametrize(
    "changes",
    [
        {"replayed_to": at(-299)},
        {"state": "not paused"},
        {"replayed_to": None},
        {"at": None, "error": "TimeoutError"},
    ],
    ids=["the damage may be in it", "it is not held", "nobody knows where it is", "it does not answer"],
)
@pytest.mark.parametrize("delay_ms", [None, SET])
def test_what_is_not_surely_before_the_damage_is_given_up(changes: Any, delay_ms: int | None) -> None:
    assert turn(delay_ms, **changes).do == "give up"
