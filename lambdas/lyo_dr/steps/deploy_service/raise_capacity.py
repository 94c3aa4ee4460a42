"""RaiseCapacity: set the planned number of tasks, and autoscaling limits that do not undo it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.capacity import Raise, raise_to, unchanged
from lyo_dr.decisions.common.turns import not_yet
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Service
from lyo_dr.services.common.scaling import described, held_back
from lyo_dr.store.owed_limits import OwedLimits


class Request(msgspec.Struct, frozen=True):
    """The incident, the service, and when its deployment began."""

    incident: Incident
    service: str
    started_at: datetime


@step("RaiseCapacity", Request, stage="capacity")
@irreversible
def handler(request: Request, ctx: StepContext) -> Raise:
    """Sets only what differs, the autoscaling minimum first; a service whose turn has not come waits.

    Application Auto Scaling is not needed to serve: without it the count is set, and its limits are owed.
    """
    service, incident = ctx.plan.service(request.service), request.incident
    ecs = Ecs(ctx.region)
    if (later := held_back(ctx, service)) is not None:
        ctx.record(incident.id, later)
        return unchanged("left", later)
    if (turn := _turn(service, request, ctx)) is not None:
        return unchanged("waits", turn, wait_seconds=ctx.poll)
    state, unknown = described(ecs, service)
    wanted = raise_to(service, state)
    if unknown:
        ctx.store.owed_limits.owe(OwedLimits(service=service.name, incident=incident.id, epoch=incident.epoch))
    refused = ecs.scale(
        service.places[ctx.region], minimum=wanted.minimum, maximum=wanted.maximum, desired=wanted.desired
    )
    if refused:
        ctx.store.owed_limits.owe(OwedLimits(service=service.name, incident=incident.id, epoch=incident.epoch))
    ctx.record(incident.id, f"{wanted.sentence}{unknown}{refused}")
    return wanted


def _turn(service: Service, request: Request, ctx: StepContext) -> str | None:
    if not service.after:
        return None
    before = {name: Ecs(ctx.region).counts(ctx.plan.service(name).places[ctx.region]) for name in service.after}
    return not_yet(ctx.plan, service, before, ctx.deadline(request.started_at, ctx.plan.budgets.capacity))
