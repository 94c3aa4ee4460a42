"""The lease: who may take it, and with which fencing token."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.breach import BREACH
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.rotation import HOLDER as ROTATION

_ONE_REGION = (ROTATION, BREACH, "database-")
"""Work inside the active region; everything else begins because a region is lost."""


def take(
    current: Lease | None, *, holder: str, record: SystemRecord, now: datetime, duration: timedelta
) -> Lease | None:
    """The lease this holder may write now, or None while another holds it.

    A holder that comes back keeps its epoch; everybody else gets one that was never used before, so that
    whatever an earlier holder still does can be told apart.
    """
    if current is not None and current.holder == holder and current.expires_at > now:
        return Lease(holder=holder, epoch=current.epoch, taken_at=current.taken_at, expires_at=now + duration)
    if current is not None and current.expires_at > now and not gives_way(current, holder):
        return None
    epoch = max(record.epoch, current.epoch if current else 0) + 1
    return Lease(holder=holder, epoch=epoch, taken_at=now, expires_at=now + duration)


def gives_way(current: Lease, holder: str) -> bool:
    """Whether whoever holds the lease has to give way: a rotation to an incident, a breach to a lost region.

    A lost region must not wait for a rotation, whose own region may be the one that is lost. A rotation may stop at
    any moment: the login the application uses is retired only after the new one is proven. A breach may wait for a
    person for long, and whoever can feign one must not be able to hold a recovery up with it.
    """
    if current.holder.startswith(BREACH):
        return not holder.startswith(_ONE_REGION)
    return current.holder.startswith(ROTATION) and not holder.startswith(ROTATION)


def still_ours(current: Lease | None, *, holder: str, epoch: int, now: datetime) -> str | None:
    """None when the lease is ours, else the sentence that says who has it."""
    if current is None:
        return "the lease is not there any more"
    if current.holder != holder:
        return f"the lease is held by {current.holder} (epoch {current.epoch}) since {current.taken_at:%H:%M:%S} UTC"
    if current.epoch != epoch:
        return f"the lease has epoch {current.epoch}, we were given {epoch}"
    if current.expires_at <= now:
        return f"our lease ended at {current.expires_at:%H:%M:%S} UTC"
    return None
