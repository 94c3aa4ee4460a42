"""The clock, in one place so that decisions get time as a fact. UTC only."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from lyo_dr.errors import ServiceUnreachable


def now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds for measuring durations; never jumps."""
    return time.monotonic()


class Stopwatch:
    """Time for a number of calls together, each of which may take one share: half to connect, half to read."""

    def __init__(self, budget: float, calls: int) -> None:
        """``budget`` in seconds; ``calls`` is how many of them have to fit at their slowest."""
        self.share = budget / calls
        self._deadline = monotonic() + budget

    def afford(self, calls: int, what: str) -> None:
        """Raises ServiceUnreachable when the next calls could outlast the budget."""
        if monotonic() + calls * self.share > self._deadline:
            raise ServiceUnreachable(f"no time left for {what}")
