"""RaiseCapacity: as many tasks as the plan wants, and autoscaling that does not take them away."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.decisions.capacity import Raise, raise_to
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident


class Request(msgspec.Struct, frozen=True):
    """The incident, the service, and when its deployment began."""

    incident: Incident
    service: str
    started_at: datetime


@step("RaiseCapacity", Request)
@guard
def handler(request: Request, here: Here) -> Raise:
    """Sets only what differs, the autoscaling minimum first."""
    service = here.plan.service(request.service)
    place, ecs = service.places[here.region], Ecs(here.region)
    wanted = raise_to(service, ecs.state(place))
    refused = ecs.scale(place, minimum=wanted.minimum, maximum=wanted.maximum, desired=wanted.desired)
    here.tell(request.incident.id, f"{wanted.sentence}{refused}")
    return wanted
