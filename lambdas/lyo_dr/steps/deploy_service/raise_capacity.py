"""RaiseCapacity: set the planned number of tasks, and autoscaling limits that do not undo it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.capacity import Raise, raise_to
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident


class Request(msgspec.Struct, frozen=True):
    """The incident, the service, and when its deployment began."""

    incident: Incident
    service: str
    started_at: datetime


@step("RaiseCapacity", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> Raise:
    """Sets only what differs, the autoscaling minimum first."""
    service = ctx.plan.service(request.service)
    place, ecs = service.places[ctx.region], Ecs(ctx.region)
    wanted = raise_to(service, ecs.state(place))
    refused = ecs.scale(place, minimum=wanted.minimum, maximum=wanted.maximum, desired=wanted.desired)
    ctx.record(request.incident.id, f"{wanted.sentence}{refused}")
    return wanted
