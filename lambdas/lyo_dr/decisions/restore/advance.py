"""Advancing a delayed replica towards the damage: its delay is shortened briefly, never below a margin. Pure.

A commit made at C is replayed once the replica's clock passes C + delay, so at any time commits before
*clock - delay* (the horizon) can be replayed. The horizon moves with the clock; replay is paused before it reaches the
recovery point.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from lyo_dr.model.delayed_replica import Advance, Replay
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Timing

_LONGEST_MS = 86_400_000
"""RDS User Guide, "Configuring delayed replication with RDS for PostgreSQL"."""


class AdvanceLimits(msgspec.Struct, frozen=True):
    """Safety limits of advancing.

    ``slack``: distance to the recovery point when a new delay is set, since it takes time to take effect. ``margin``:
    closest distance to the recovery point. ``run``: longest replay without a check in between.
    """

    slack: timedelta
    margin: timedelta
    run: timedelta


class AdvanceStep(msgspec.Struct, frozen=True, kw_only=True):
    """Next action, with the delay or the advance for it."""

    do: Literal["set", "wait", "wind", "done", "give up"]
    sentence: str
    delay_ms: int = 0
    winding: Advance | None = None


def pace_of(timing: Timing) -> AdvanceLimits:
    """Derived from the plan's timing, so that drills shorten them, too."""
    margin = max(2 * timing.heartbeat_every, timedelta(seconds=1))
    return AdvanceLimits(slack=3 * timing.sql_timeout, margin=margin, run=timing.sql_timeout / 2)


def next_turn(
    replay: Replay, *, moment: datetime, delay_ms: int | None, own_group: bool, late: bool, pace: AdvanceLimits
) -> AdvanceStep:
    """``delay_ms`` is the last value this incident has set, None before. ``late``: the budget is used up."""
    if replay.at is None or replay.replayed_to is None or not replay.held or replay.replayed_to > moment:
        why = replay.error or replay.state or "unknown"
        return AdvanceStep(
            do="give up",
            sentence=f"it is at {_told(replay.replayed_to)} ({why}), the recovery point is {_told(moment)}",
        )
    done = AdvanceStep(do="done", sentence=f"it holds all commits up to {_told(replay.replayed_to)}")
    gap = moment - replay.replayed_to
    if late or not own_group or (delay_ms is None and gap <= 2 * pace.margin):
        return done
    wanted = _milliseconds(replay.at - moment + pace.slack)
    anew = done if wanted > _LONGEST_MS else AdvanceStep(do="set", sentence=_shortened(wanted), delay_ms=wanted)
    if delay_ms is None:
        return anew
    if replay.at - timedelta(milliseconds=delay_ms) < moment - pace.margin:
        return _within(replay, moment, delay_ms, pace)
    return done if gap <= pace.slack else anew


def _within(replay: Replay, moment: datetime, delay_ms: int, pace: AdvanceLimits) -> AdvanceStep:
    """While the current delay still keeps the damage out."""
    if replay.delay_seconds != delay_ms / 1000:
        return AdvanceStep(do="wait", sentence=f"its delay of {humanize(delay_ms / 1000)} is not in effect yet")
    winding = Advance(until=moment - pace.margin, delay_ms=delay_ms, seconds=pace.run.total_seconds())
    return AdvanceStep(do="wind", sentence=f"it is at {_told(replay.replayed_to)}, advancing", winding=winding)


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def _shortened(milliseconds: int) -> str:
    return f"its delay is set to {humanize(milliseconds / 1000)} to replay up to just before the damage"


def _told(at: datetime | None) -> str:
    return "an unknown time" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
