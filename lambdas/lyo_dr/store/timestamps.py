"""How points in time are written to the table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal


def timestamp(at: datetime, precision: Literal["milliseconds", "microseconds"] = "microseconds") -> str:
    """ISO 8601 in UTC. Sorts as text in the order of time, which conditions and sort keys rely on."""
    return at.astimezone(UTC).isoformat(timespec=precision)
