"""SettleLimits, every minute: set autoscaling limits that a failover could not set, as its API was away."""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.keeper.scaling import is_at_rest, may_set_limits
from lyo_dr.handler import scheduled
from lyo_dr.services.common.scaling import settle
from lyo_dr.store.owed_limits import OwedLimits


@scheduled("SettleLimits")
def handler(ctx: StepContext) -> Any:
    """One read for each service if nothing is owed."""
    owed = [each for service in ctx.plan.services if (each := ctx.store.owed_limits.of(service.name)) is not None]
    if not owed or ctx.store.control.paused() is not None:
        return {"owed": len(owed), "settled": 0}
    return {"owed": len(owed), "settled": sum(_settle(each, ctx) for each in owed)}


def _settle(owed: OwedLimits, ctx: StepContext) -> bool:
    record, lease = ctx.store.control.record(), ctx.store.control.lease()
    if not may_set_limits(owed.incident, owed.epoch, record=record, lease=lease, here=ctx.region, now=ctx.now()):
        return False
    state = Ecs(ctx.region).counts(ctx.plan.service(owed.service).places[ctx.region])
    return not is_at_rest(state) and settle(ctx, owed, state)
