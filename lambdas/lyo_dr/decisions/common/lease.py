"""The lease: who may take it, and with which fencing token."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.breach import BREACH
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.rotation import HOLDER as ROTATION

_ONE_REGION = (ROTATION, BREACH, "database-")
"""Holders that work inside the active region; every other holder recovers a lost region."""


def take(
    current: Lease | None, *, holder: str, record: SystemRecord, now: datetime, duration: timedelta
) -> Lease | None:
    """The lease this holder may write now, or None while another holds it (idempotent for the same holder).

    A returning holder keeps its epoch; any other gets one that was never used before, the fencing token by which
    late writes of an earlier holder are recognised.
    """
    if current is not None and current.holder == holder and current.expires_at > now:
        return Lease(holder=holder, epoch=current.epoch, taken_at=current.taken_at, expires_at=now + duration)
    if current is not None and current.expires_at > now and not gives_way(current, holder):
        return None
    epoch = max(record.epoch, current.epoch if current else 0) + 1
    return Lease(holder=holder, epoch=epoch, taken_at=now, expires_at=now + duration)


def gives_way(current: Lease, holder: str) -> bool:
    """Whether the current holder yields: a rotation to an incident, a breach to a lost region.

    A lost region must not wait for a rotation, whose own region may be the one that is lost. A rotation may stop at
    any time: the login in use is retired only after the new one is proven. A breach may wait long for a person, and
    an attacker who fakes one must not be able to delay a recovery.
    """
    if current.holder.startswith(BREACH):
        return not holder.startswith(_ONE_REGION)
    return current.holder.startswith(ROTATION) and not holder.startswith(ROTATION)


def still_ours(
    current: Lease | None, *, holder: str, epoch: int, now: datetime, grace: timedelta = timedelta(0)
) -> str | None:
    """None if the lease is ours and may be renewed, else the sentence that names its holder.

    A table that was away for longer than the lease let nobody renew it, and nobody take it either: what expired within
    ``grace`` and bears our holder and epoch is ours still. Who takes an expired lease changes both.
    """
    if current is None:
        return "the lease no longer exists"
    if current.holder != holder:
        return f"the lease is held by {current.holder} (epoch {current.epoch}) since {current.taken_at:%H:%M:%S} UTC"
    if current.epoch != epoch:
        return f"the lease has epoch {current.epoch}, this step was given {epoch}"
    if current.released:
        return f"our lease was released at {current.expires_at:%H:%M:%S} UTC"
    if current.expires_at + grace <= now:
        return f"our lease expired at {current.expires_at:%H:%M:%S} UTC"
    return None
