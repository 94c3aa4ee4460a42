"""Has the traffic arrived? Seen from outside: where the name leads, and who answers there."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.facts import Probe
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.verdict import Progress


def traffic_progress(
    *,
    name: str,
    region: str,
    expected: list[str],
    resolved: list[str],
    answer: Probe | None,
    started_at: datetime,
    budget: timedelta,
    now: datetime,
    poll: int,
) -> Progress:
    """Ready when the name leads to this region's addresses and this region answers there."""
    if not resolved:
        reason = f"{name} does not resolve"
    elif not set(resolved) <= set(expected):
        reason = f"{name} still leads to {', '.join(resolved)}"
    elif answer is None or not answer.answered:
        reason = f"{name} leads here, but nothing answers"
    elif answer.region is not None and answer.region != region:
        reason = f"{name} is answered by {answer.region}"
    else:
        return Progress(status="ready", sentence=f"{name} leads to {region} ({', '.join(resolved)})")
    spent = now - started_at
    if spent >= budget:
        return Progress(
            status="broken",
            sentence=f"After {spent.total_seconds():.0f} s {reason}; the runbook has a break-glass step for the record",
        )
    return Progress(status="pending", sentence=f"The latch is thrown; {reason}", wait_seconds=poll)


def latch_value(record: SystemRecord, *, here: str, primary: str, secondary: str) -> bool:
    """Whether the latch this region holds takes the *peer's* record out of the answer.

    The secondary takes the PRIMARY record out for as long as it is active, also with a new standby behind
    it: nothing moves back by itself. The primary takes the SECONDARY record out only while there is no
    standby: after a failback both latches rest, and the next failover can throw the other one.
    """
    if record.active_region != here:
        return False
    return here == secondary or (here == primary and record.standby_region is None)
