"""Whether autoscaling limits that a failover owes may be set now."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from lyo_dr.model.facts import ServiceState
from lyo_dr.model.incident import Lease, SystemRecord


def may_set_limits(
    incident: str, epoch: int, *, record: SystemRecord, lease: Lease | None, here: str, now: datetime
) -> bool:
    """Only in the active region, under no newer epoch, and never beside another process that changes the system."""
    busy = lease is not None and lease.expires_at > now and lease.holder != incident
    return record.active_region == here and record.epoch <= epoch and not busy


def may_return_limits(
    incident: str, *, record: SystemRecord, lease: Lease | None, here: str, now: datetime
) -> Literal["yes", "wait", "never"]:
    """Limits of before an incident that ended in nothing, in the region that serves or in this one, its standby.

    Never, once this region has become active in a later failover: it keeps what that one has set, and the other region
    is fenced. Not beside another process.
    """
    if record.active_region == here:
        return "never"
    busy = lease is not None and lease.expires_at > now and lease.holder != incident
    return "wait" if busy else "yes"


def is_at_rest(state: ServiceState) -> bool:
    """A service somebody has scaled to zero: a minimum would start it again."""
    return state.desired == 0
