"""The clock, in one place so that decisions get time as a fact. UTC only."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds for measuring durations; never jumps."""
    return time.monotonic()
