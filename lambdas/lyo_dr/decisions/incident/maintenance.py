"""Maintenance window of RDS. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(\w{3}):(\d\d):(\d\d)-(\w{3}):(\d\d):(\d\d)")
_WEEK = 7 * 24 * 60


def in_maintenance(window: str, at: datetime) -> bool:
    """Whether ``at`` lies in the window, ``ddd:hh24:mi-ddd:hh24:mi`` in UTC as RDS reports it; else False.

    It may end in the next week (RDS API reference, PreferredMaintenanceWindow).
    """
    found = _WINDOW.fullmatch(window.lower())
    if found is None or found[1] not in _DAYS or found[4] not in _DAYS:
        return False
    begins, ends = (_minute(found[i], found[i + 1], found[i + 2]) for i in (1, 4))
    utc = at.astimezone(UTC)
    now = _minute(_DAYS[utc.weekday()], str(utc.hour), str(utc.minute))
    return (now - begins) % _WEEK < (ends - begins) % _WEEK


def _minute(day: str, hour: str, minute: str) -> int:
    """Minutes since the beginning of Monday."""
    return (_DAYS.index(day) * 24 + int(hour)) * 60 + int(minute)
