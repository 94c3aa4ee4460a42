"""CheckCapacity: are the tasks running?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.capacity import capacity_progress
from lyo_dr.decisions.common.messages import limits_owed
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.notify import notify
from lyo_dr.services.common.scaling import settle
from lyo_dr.services.incident.skips import skippable


class Request(msgspec.Struct, frozen=True):
    """The incident, the service, and when its deployment began."""

    incident: Incident
    service: str
    started_at: datetime


@step("CheckCapacity", Request, timeline=True, stage="capacity")
@polling
@skippable
def handler(request: Request, ctx: StepContext) -> Progress:
    """While tasks are missing, the stop reasons are queried, too. Limits that are owed are tried again."""
    service = ctx.plan.service(request.service)
    place, ecs = service.places[ctx.region], Ecs(ctx.region)
    state = ecs.counts(place)
    owed = ctx.store.owed_limits.of(service.name)
    if owed is not None and settle(ctx, owed, state):
        owed = None
    if state.running < state.desired:
        state = msgspec.structs.replace(state, stop_reasons=ecs.stop_reasons(place))
    verdict = capacity_progress(service, state, deadline=ctx.deadline(request.started_at, ctx.plan.budgets.capacity))
    if owed is not None and verdict.status == "ready":
        notify(ctx, request.incident.id, limits_owed(owed.incident, service, ctx.region))
    return verdict
