"""CheckTraffic: resolve the name as users do, and check which region answers."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.cloudwatch import write_latch
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.traffic import traffic_progress
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.front_door import addresses, ask_front_door
from lyo_dr.services.common.users_outage import record_served
from lyo_dr.services.incident.skips import skippable


class Request(msgspec.Struct, frozen=True):
    """The incident, and when its switch began."""

    incident: Incident
    started_at: datetime


@step("CheckTraffic", Request, timeline=True, stage="switch")
@irreversible
@skippable
def handler(request: Request, ctx: StepContext) -> Progress:
    """Rewrites the latch while waiting: the health check needs a value in every period."""
    traffic = ctx.plan.traffic
    target = traffic.targets[ctx.region]
    resolved = addresses(ctx, traffic.name)
    answer = ask_front_door(ctx) if resolved else None
    verdict = traffic_progress(
        name=traffic.name,
        region=ctx.region,
        strategy=traffic.strategy,
        expected=addresses(ctx, target.load_balancer or target.address or ""),
        resolved=resolved,
        answer=answer,
        deadline=ctx.deadline(request.started_at, ctx.plan.budgets.switch),
    )
    if verdict.status == "pending" and traffic.strategy == "latch":
        write_latch(ctx.region, ctx.names.record_of(request.incident.lost_region), off=True)
    if verdict.status == "ready":
        record_served(ctx, request.incident)
    return verdict
