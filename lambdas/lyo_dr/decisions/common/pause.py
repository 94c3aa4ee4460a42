"""Pauses of the automation: how much of a stage's time they took, and the spans that are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

KEPT = 20
"""Spans on record: more than any stage meets."""


class PauseSpan(msgspec.Struct, frozen=True):
    """A time in which the automation was paused; ``until`` is None while it still is."""

    since: datetime
    until: datetime | None = None


def paused_between(spans: Iterable[PauseSpan], start: datetime, now: datetime) -> timedelta:
    """Time paused from ``start`` to ``now``. Spans do not overlap."""
    shares = (min(span.until or now, now) - max(span.since, start) for span in spans)
    return sum((share for share in shares if share > timedelta(0)), timedelta(0))


def begun(spans: list[PauseSpan], now: datetime) -> list[PauseSpan]:
    """The spans once a pause begins; a second pause during the first one changes nothing."""
    if spans and spans[-1].until is None:
        return spans
    return [*spans, PauseSpan(now)][-KEPT:]


def ended(spans: list[PauseSpan], now: datetime) -> list[PauseSpan]:
    """The spans once the pause ends."""
    if not spans or spans[-1].until is not None:
        return spans
    return [*spans[:-1], PauseSpan(spans[-1].since, now)]
