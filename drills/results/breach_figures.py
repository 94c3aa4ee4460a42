"""When the milestones of a breach were reached, in seconds after the incident was opened. Pure."""

from __future__ import annotations

from typing import Any

from drills.results.kinds import BREACH_NOTES
from drills.results.record import Recorded

_COUNTS = {"failed bookings"}


def figures(recorded: Recorded) -> dict[str, Any] | None:
    """Seconds by milestone, None for one that was not reached, in order of time; and bookings that failed.

    None where the drill is of no breach.
    """
    noted: dict[str, Any] = recorded.notes.get(BREACH_NOTES) or {}
    if not noted:
        return None
    reached = {name.replace(" ", "_"): value for name, value in noted.items() if name not in _COUNTS}
    ordered = sorted(reached.items(), key=lambda each: (each[1] is None, each[1] or 0.0))
    return {"seconds_after_opening": dict(ordered), "failed_bookings": noted.get("failed bookings")}
