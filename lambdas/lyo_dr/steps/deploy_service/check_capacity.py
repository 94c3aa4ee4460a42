"""CheckCapacity: are the tasks running?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.capacity import capacity_progress
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress


class Request(msgspec.Struct, frozen=True):
    """The incident, the service, and when its deployment began."""

    incident: Incident
    service: str
    started_at: datetime


@step("CheckCapacity", Request, timeline=True)
@polling
def handler(request: Request, ctx: StepContext) -> Progress:
    """While tasks are missing, the stop reasons are queried, too."""
    service = ctx.plan.service(request.service)
    place, ecs = service.places[ctx.region], Ecs(ctx.region)
    state = ecs.counts(place)
    if state.running < state.desired:
        state = msgspec.structs.replace(state, stop_reasons=ecs.stop_reasons(place))
    return capacity_progress(service, state, deadline=ctx.deadline(request.started_at, ctx.plan.budgets.capacity))
