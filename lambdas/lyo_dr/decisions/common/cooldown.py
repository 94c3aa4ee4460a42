"""Cooldown after a recovery: alarms start nothing for a while, so that flapping moves no users back and forth."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.consent import Recovery


def cooling(recovery: Recovery | None, *, now: datetime, cooldown: timedelta) -> str | None:
    """None outside a cooldown, else the sentence that describes it; it stays the same while time passes."""
    if recovery is None or recovery.acknowledged_at is not None:
        return None
    until = recovery.at + cooldown
    if now >= until:
        return None
    return (
        f"{recovery.incident} recovered at {recovery.at:%Y-%m-%d %H:%M:%S} UTC and has not been acknowledged; "
        f"its cooldown lasts until {until:%H:%M:%S} UTC"
    )
