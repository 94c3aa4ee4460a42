"""Deadline of a stage: start, budget, current time, and poll interval."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import msgspec


class Deadline(msgspec.Struct, frozen=True):
    """The time budget of a stage, as of ``now``."""

    started_at: datetime
    budget: timedelta
    now: datetime
    poll: int
    """Whole seconds between two checks."""
    paused: timedelta = timedelta(0)
    """How long the automation was paused since ``started_at``: that time does not count."""

    @property
    def elapsed(self) -> timedelta:
        """Time since the stage began, without pauses."""
        return self.now - self.started_at - self.paused

    @property
    def expired(self) -> bool:
        """Whether the budget is used up."""
        return self.elapsed >= self.budget

    @property
    def half_spent(self) -> bool:
        """Whether half of the budget is used up."""
        return self.elapsed >= self.budget / 2

    @property
    def ends_at(self) -> datetime:
        """When the budget is used up."""
        return self.started_at + self.budget + self.paused


def patience(waited: timedelta, poll: timedelta, share: int = 20) -> int:
    """Whole seconds to the next look, growing with the time that was waited: a ``share``-th of it, ten minutes at most.

    An execution may have 25,000 events (Step Functions developer guide, "Quotas"), and some waits last hours.
    """
    return max(1, math.ceil(max(poll, min(waited / share, timedelta(minutes=10))).total_seconds()))


RESTORE_SHARE = 60
"""Of the time an instance has been restored for, its next look may add a sixtieth: a minute in an hour."""
