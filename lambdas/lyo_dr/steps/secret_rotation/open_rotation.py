"""OpenRotation: which secrets, in which regions, and may it begin now? Takes the lease."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters import log
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import rotation_postponed
from lyo_dr.decisions.rotation.secret_rotation import may_open
from lyo_dr.errors import BadSignal, PeerUnreachable, RotationRefused, ServiceUnreachable
from lyo_dr.guards import check_not_paused
from lyo_dr.handler import step
from lyo_dr.model.cache import TokenPlace
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.rotation import HOLDER, Opening, Rotation, RotationRequest
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """What was asked for, the execution's name, and when it was started."""

    order: RotationRequest
    execution: str
    started_at: datetime


@step("OpenRotation", Request)
def handler(request: Request, ctx: StepContext) -> Opening:
    """Asked again while an incident is worked on. The lease lies where an incident would look for it."""
    name = f"{HOLDER}{request.execution}"
    log.correlate(name, request.execution)
    chosen, keys = _secrets(request.order, ctx), _keys(request.order, ctx)
    logins = [secret.name for secret in ctx.plan.rotatable() if secret.name in chosen]
    caches = [cache for cache in ctx.plan.caches if cache.secret in chosen]
    check_not_paused(ctx)
    record, lease = _who_works(ctx)
    holder = _holder(request, lease, ctx.now())
    verdict = may_open(
        record,
        lease,
        here=ctx.region,
        holder=holder,
        deadline=ctx.deadline(request.started_at, ctx.plan.objectives.rto),
    )
    if verdict.status != "open":
        return _not_opened(name, verdict, lease, ctx)
    standby = record.standby_region or ""
    taken = ctx.control_in(standby or ctx.region).take_lease(holder, ctx.now(), ctx.plan.budgets.lease)
    if taken is None:
        return Opening(status="postponed", sentence="Another rotation took the lease first", wait_seconds=ctx.poll)
    rotation = Rotation(
        id=name,
        epoch=taken.epoch,
        region=ctx.region,
        standby=standby,
        secrets=logins,
        opened_at=taken.taken_at if holder == name else ctx.now(),
        keys=keys,
        tokens=[TokenPlace(cache.name, region) for region in _regions(ctx, standby) for cache in caches],
        incident=request.order.incident,
        under="" if holder == name else holder,
    )
    by = request.order.by or "an unknown caller"
    ctx.store.incidents.set(
        name, state="open", opened_at=rotation.opened_at.isoformat(), epoch=taken.epoch, region=ctx.region, by=by
    )
    where = " and ".join(rotation.regions)
    what = ", ".join([*logins, *(f"the token of {cache.name}" for cache in caches), *map(str, keys)])
    ctx.record(name, f"Rotation of {what} in {where} starts, requested by {by}{_left_out(request.order, ctx)}")
    return msgspec.structs.replace(verdict, rotation=rotation)


def _secrets(order: RotationRequest, ctx: StepContext) -> list[str]:
    possible = ctx.plan.renewable()
    unknown = [name for name in order.secrets if name not in possible]
    if unknown:
        raise BadSignal(f"{', '.join(unknown)} cannot be rotated; choose from {', '.join(possible) or 'none'}")
    if order.keys and not order.secrets:
        return []
    if not possible and not ctx.plan.issued():
        raise RotationRefused(
            "no secret of the plan can be rotated: its database needs two app_roles to alternate between"
        )
    return order.secrets or possible


def _regions(ctx: StepContext, standby: str) -> list[str]:
    return [ctx.region, standby] if standby else [ctx.region]


def _left_out(order: RotationRequest, ctx: StepContext) -> str:
    """Mention logins that cannot be rotated when everything was requested."""
    if order.secrets or order.keys or ctx.plan.rotatable():
        return ""
    return "; no login of the plan can be rotated, its database needs two app_roles"


def _keys(order: RotationRequest, ctx: StepContext) -> list[KeyName]:
    """Those that are named; all of them, when nothing is named at all."""
    possible = list(ctx.plan.issued())
    unknown = [str(name) for name in order.keys if name not in possible]
    if unknown:
        raise BadSignal(
            f"{', '.join(unknown)} is not a manually issued key; choose from {', '.join(map(str, possible)) or 'none'}"
        )
    return order.keys if order.keys or order.secrets else possible


def _holder(request: Request, lease: Lease | None, now: datetime) -> str:
    """A part of an incident works under its lease, while that incident holds it; anything else takes its own."""
    incident = request.order.incident
    if incident and lease is not None and lease.holder == incident and lease.expires_at > now:
        return incident
    return f"{HOLDER}{request.execution}"


def _who_works(ctx: StepContext) -> tuple[SystemRecord, Lease | None]:
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


def _not_opened(name: str, verdict: Opening, lease: Lease | None, ctx: StepContext) -> Opening:
    """Once per reason: the next looks repeat it."""
    reason = lease.holder if lease is not None and verdict.status == "postponed" else verdict.status
    if ctx.store.incidents.record_once(name, "WAITS", reason, sentence=verdict.sentence):
        ctx.record(name, verdict.sentence)
        if verdict.status == "postponed":
            notify(ctx, name, rotation_postponed(name, verdict.sentence))
    return verdict
