"""What else is in progress before a rotation, and the record of a rotation that starts or has to wait."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import rotation_postponed
from lyo_dr.errors import PeerUnreachable, ServiceUnreachable
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.rotation import Opening, Rotation
from lyo_dr.services.common.notify import notify


def who_works(ctx: StepContext) -> tuple[SystemRecord, Lease | None]:
    """The newest record of both regions, and the lease of the standby, which is authoritative while there is one."""
    record = ctx.store.control.record()
    if record.active_region != ctx.region or record.standby_region is None:
        return record, ctx.store.control.lease()
    try:
        theirs = ctx.peer.control.record()
        lease = ctx.peer.control.lease()
    except ServiceUnreachable as silence:
        raise PeerUnreachable(
            f"{ctx.peer_region} does not respond, so it may be taking over; nothing is rotated "
            f"without a person's confirmation ({silence})"
        ) from silence
    return (theirs if theirs.epoch > record.epoch else record), lease


def record_opened(ctx: StepContext, rotation: Rotation, by: str) -> None:
    """Put an opened rotation on record, so that the command line lists it."""
    ctx.store.incidents.set(
        rotation.id,
        state="open",
        opened_at=rotation.opened_at.isoformat(),
        epoch=rotation.epoch,
        region=ctx.region,
        by=by,
    )


def not_opened(ctx: StepContext, name: str, verdict: Opening, lease: Lease | None) -> Opening:
    """Once per reason: the next looks repeat it."""
    reason = lease.holder if lease is not None and verdict.status == "postponed" else verdict.status
    if ctx.store.incidents.record_once(name, "WAITS", reason, sentence=verdict.sentence):
        ctx.record(name, verdict.sentence)
        if verdict.status == "postponed":
            notify(ctx, name, rotation_postponed(name, verdict.sentence))
    return verdict
