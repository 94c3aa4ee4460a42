"""FenceServices: stop the lost region's services, within seconds, if its API still answers.

The only step of the failover that calls the lost region.
"""

from __future__ import annotations

import msgspec

from lyo_dr.adapters import clock
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.decisions.fencing import Fence, judge_fence
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError, ServiceUnreachable
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Service

_CALLS_PER_SERVICE = 4
"""Describe the service, describe its limits, set them, set the count."""


class Request(msgspec.Struct, frozen=True):
    """The incident whose lost region is fenced."""

    incident: Incident


@step("FenceServices", Request)
@guard
def handler(request: Request, here: Here) -> Fence:
    """Bounded by ``budgets.fence``: each call gets its share, and silence once is silence for all."""
    incident, budget = request.incident, here.plan.budgets.fence.total_seconds()
    deadline = clock.monotonic() + budget
    ecs = Ecs(incident.lost_region, read_seconds=budget / _CALLS_PER_SERVICE, attempts=1)
    fenced: list[str] = []
    failures: list[str] = []
    for service in here.plan.services:
        if clock.monotonic() > deadline - budget / _CALLS_PER_SERVICE:
            failures.append(f"no time left for {service.name}")
            break
        try:
            _fence(service, incident, ecs, here)
            fenced.append(service.name)
        except ServiceUnreachable as silence:
            failures.append(str(silence))
            break
        except LyoDrError as refusal:
            failures.append(str(refusal))
    verdict = judge_fence(incident.lost_region, fenced, failures)
    here.tell(incident.id, verdict.sentence)
    return verdict


def _fence(service: Service, incident: Incident, ecs: Ecs, here: Here) -> None:
    """Write down what was, then autoscaling to zero first: it would bring the tasks back."""
    place = service.places[incident.lost_region]
    state = ecs.state(place)
    here.incidents.note(
        incident.id,
        "FENCE",
        service.name,
        desired=state.desired,
        minimum=state.minimum_capacity,
        maximum=state.maximum_capacity,
    )
    if state.maximum_capacity is not None:
        ecs.set_minimum(place, 0, state.maximum_capacity)
    ecs.set_desired(place, 0)
