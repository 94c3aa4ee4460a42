"""SettleLimits, every minute: set autoscaling limits that a failover could not set or put back: its API was away."""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.keeper.scaling import is_at_rest, may_set_limits
from lyo_dr.handler import scheduled
from lyo_dr.services.common.scaling import settle
from lyo_dr.services.common.scaling_back import return_limits
from lyo_dr.store.owed_limits import OwedLimits


@scheduled("SettleLimits")
def handler(ctx: StepContext) -> Any:
    """Three reads for each service if nothing is owed."""
    services, limits = ctx.plan.services, ctx.store.owed_limits
    owed = [each for service in services if (each := limits.of(service.name)) is not None]
    places = [(service.name, region) for service in services for region in ctx.plan.regions.pair]
    back = [found for name, region in places if (found := limits.to_return(name, region)) is not None]
    counts = {"owed": len(owed) + len(back), "settled": 0}
    if counts["owed"] and ctx.store.control.paused() is None:
        counts["settled"] = sum(_settle(each, ctx) for each in owed) + sum(return_limits(ctx, each) for each in back)
    return counts


def _settle(owed: OwedLimits, ctx: StepContext) -> bool:
    record, lease = ctx.store.control.record(), ctx.store.control.lease()
    if not may_set_limits(owed.incident, owed.epoch, record=record, lease=lease, here=ctx.region, now=ctx.now()):
        return False
    state = Ecs(ctx.region).counts(ctx.plan.service(owed.service).places[ctx.region])
    return not is_at_rest(state) and settle(ctx, owed, state)
