"""OpenRotation: which secrets, in which regions, and may it begin now? Takes the lease."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters import log
from lyo_dr.context import StepContext
from lyo_dr.decisions.rotation.opening import choose_scope, left_out, rotation_name
from lyo_dr.decisions.rotation.secret_rotation import may_open
from lyo_dr.guards import check_not_paused
from lyo_dr.handler import step
from lyo_dr.model.rotation import Opening, Rotation, RotationRequest
from lyo_dr.services.common.redeployments import check_replaceable
from lyo_dr.services.rotation.opening import not_opened, record_opened, who_works


class Request(msgspec.Struct, frozen=True):
    """What was asked for, the execution's name, and when it was started."""

    order: RotationRequest
    execution: str
    started_at: datetime


@step("OpenRotation", Request)
def handler(request: Request, ctx: StepContext) -> Opening:
    """Asked again while an incident is worked on. The lease lies where an incident would look for it.

    Raises TasksNotReplaceable: a rotation that ends before its tasks are replaced leaves them with a retired login.
    """
    order, name = request.order, rotation_name(request.execution)
    log.correlate(name, request.execution)
    scope = choose_scope(ctx.plan, order)
    check_not_paused(ctx, name)
    record, lease = who_works(ctx)
    deadline = ctx.deadline(request.started_at, ctx.plan.objectives.rto)
    verdict = may_open(record, lease, here=ctx.region, holder=name, deadline=deadline)
    if verdict.status != "open":
        return not_opened(ctx, name, verdict, lease)
    check_replaceable(ctx)
    standby = record.standby_region or ""
    taken = ctx.control_in(standby or ctx.region).take_lease(name, ctx.now(), ctx.plan.budgets.lease, "rotation")
    if taken is None:
        return Opening(status="postponed", sentence="Another rotation took the lease first", wait_seconds=ctx.poll)
    rotation = Rotation(
        id=name,
        epoch=taken.epoch,
        region=ctx.region,
        standby=standby,
        secrets=scope.logins,
        opened_at=taken.taken_at,
        keys=scope.keys,
        by_hand=scope.by_hand,
        tokens=scope.tokens([ctx.region, standby] if standby else [ctx.region]),
        incident=order.incident,
    )
    by = order.by or "an unknown caller"
    record_opened(ctx, rotation, by)
    where = " and ".join(rotation.regions)
    ctx.record(name, f"Rotation of {scope} in {where} starts, requested by {by}{left_out(ctx.plan, order)}")
    return msgspec.structs.replace(verdict, rotation=rotation)
