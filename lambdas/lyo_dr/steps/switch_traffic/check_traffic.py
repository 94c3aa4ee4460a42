"""CheckTraffic: resolve every name as users do, and check which region answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.cloudwatch import write_latch
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.front_names import by_latch, names_progress
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.users_outage import record_served
from lyo_dr.services.failover.front_names import look_at
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
    fronts, deadline = ctx.plan.fronts(), ctx.deadline(request.started_at, ctx.plan.budgets.switch)
    with ThreadPoolExecutor(max_workers=len(fronts)) as pool:
        found = list(pool.map(lambda front: look_at(front, ctx, deadline), fronts))
    verdict = names_progress(found, deadline)
    if verdict.status == "pending" and by_latch(ctx.plan):
        write_latch(ctx.region, ctx.names.record_of(request.incident.lost_region), off=True)
    if verdict.status == "ready":
        record_served(ctx, request.incident)
    return verdict
