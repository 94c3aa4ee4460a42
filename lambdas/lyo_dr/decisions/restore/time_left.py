"""Whether what is about to begin ends before its state machine does: a machine that is timed out rolls nothing back."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.durations import humanize


def no_time_for(what: str, *, begins: datetime, takes: timedelta, ends: datetime) -> str | None:
    """Why it must not begin, in one sentence, or None where it fits.

    ``takes`` is what it and all that follows it may need; ``ends`` is when the machine is timed out.
    """
    left = ends - begins
    if takes <= left:
        return None
    return f"No time for {what}: it may take {humanize(takes)}, and the restore ends in {humanize(left)}"
