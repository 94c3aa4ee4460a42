"""The lease: who may take it, and with which fencing token."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.decisions.common.precedence import precedes, reason
from lyo_dr.model.incident import Lease, SystemRecord, WorkKind


def take(
    current: Lease | None,
    *,
    holder: str,
    kind: WorkKind,
    record: SystemRecord,
    now: datetime,
    duration: timedelta,
    anew: bool = False,
) -> Lease | None:
    """The lease this holder may write now, or None while another holds it (idempotent for the same holder).

    A returning holder keeps its epoch, unless it begins ``anew``; any other gets one that was never used before, the
    fencing token by which late writes of an earlier holder are recognised.
    """
    running = current is not None and current.expires_at > now
    if current is not None and running and current.holder == holder and not anew:
        return Lease(
            holder=holder, epoch=current.epoch, taken_at=current.taken_at, expires_at=now + duration, kind=kind
        )
    if current is not None and running and current.holder != holder and not gives_way(current, kind):
        return None
    epoch = max(record.epoch, current.epoch if current else 0) + 1
    return Lease(holder=holder, epoch=epoch, taken_at=now, expires_at=now + duration, kind=kind)


def gives_way(current: Lease, kind: WorkKind) -> bool:
    """Whether the current holder yields to work of this kind: the more urgent one never waits for it."""
    return precedes(kind, current.kind)


def still_ours(
    current: Lease | None,
    *,
    holder: str,
    epoch: int,
    now: datetime,
    kind: WorkKind | None = None,
    grace: timedelta = timedelta(0),
) -> str | None:
    """None if the lease is ours and may be renewed, else the sentence that names its holder.

    With our ``kind`` it also says why the other took over. A table that was away for longer than the lease let nobody
    renew it, and nobody take it either: what expired within ``grace`` and bears our holder and epoch is ours still. Who
    takes an expired lease changes both.
    """
    if current is None:
        return "the lease no longer exists"
    if current.holder != holder:
        since = f"(epoch {current.epoch}) since {current.taken_at:%H:%M:%S} UTC"
        why = f": {reason(current.kind, kind)}" if kind is not None and precedes(current.kind, kind) else ""
        return f"the lease is held by {current.holder} {since}{why}"
    if current.epoch != epoch:
        return f"the lease has epoch {current.epoch}, this step was given {epoch}"
    if current.released:
        return f"our lease was released at {current.expires_at:%H:%M:%S} UTC"
    if current.expires_at + grace <= now:
        return f"our lease expired at {current.expires_at:%H:%M:%S} UTC"
    return None


ASK_WHO_WORKS = "`lyo-dr status` says who works now"
_INSTEAD: dict[WorkKind, str] = {
    "restore": "it rolls back what it has changed; then start a new one with `lyo-dr start --database`",
    "rotation": "the next `lyo-dr rotate` finishes it",
}
"""What becomes of work whose lease is lost, and what a person does; any other work is taken up again."""


def remedy(current: Lease | None, *, holder: str, kind: WorkKind) -> str:
    """What to do once a step has found its lease lost, as a part of a sentence: first the other work has to end."""
    instead = _INSTEAD.get(kind, f"take it up again with `lyo-dr resume {holder}`")
    another = current is not None and current.holder != holder and not current.released
    return f"when {current.holder} has ended: {instead}" if another and current is not None else instead
