"""After a recovery the automation keeps still for a while: what flaps must not move users back and forth."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.consent import Recovery


def cooling(recovery: Recovery | None, *, now: datetime, cooldown: timedelta) -> str | None:
    """None when nothing holds back, else the sentence that says what does; it does not change while time goes by."""
    if recovery is None or recovery.acknowledged_at is not None:
        return None
    until = recovery.at + cooldown
    if now >= until:
        return None
    return (
        f"{recovery.incident} ended in a recovery at {recovery.at:%Y-%m-%d %H:%M:%S} UTC, nobody has acknowledged it, "
        f"and its cooldown lasts until {until:%H:%M:%S} UTC"
    )
