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

_CALLS = 4
"""Describe the service, describe its limits, set them, set the count."""


class Request(msgspec.Struct, frozen=True):
    """The incident whose lost region is fenced."""

    incident: Incident


class Clock:
    """The time left. Each call may take one share: half of it to connect, half of it to read."""

    def __init__(self, budget: float) -> None:
        self.share = budget / _CALLS
        self._deadline = clock.monotonic() + budget

    def afford(self, calls: int, service: str) -> None:
        """Raises ServiceUnreachable when the next calls could outlast the budget."""
        if clock.monotonic() + calls * self.share > self._deadline:
            raise ServiceUnreachable(f"no time left for {service}")


@step("FenceServices", Request)
@guard
def handler(request: Request, here: Here) -> Fence:
    """Bounded by ``budgets.fence`` for all services together; silence once is silence for all."""
    incident, time_left = request.incident, Clock(here.plan.budgets.fence.total_seconds())
    ecs = Ecs(incident.lost_region, read_seconds=time_left.share / 2, attempts=1)
    fenced: list[str] = []
    failures: list[str] = []
    refused = False
    for service in here.plan.services:
        try:
            _fence(service, incident, ecs, time_left, here)
            fenced.append(service.name)
        except ServiceUnreachable as silence:
            failures.append(str(silence))
            break
        except LyoDrError as refusal:
            failures.append(str(refusal))
            refused = True
    heard = refused or bool(here.incidents.notes(incident.id, "FENCE"))
    verdict = judge_fence(incident.lost_region, fenced, failures, heard=heard)
    here.tell(incident.id, verdict.sentence)
    return verdict


def _fence(service: Service, incident: Incident, ecs: Ecs, time_left: Clock, here: Here) -> None:
    """Write down what was, then autoscaling to zero first: it would bring the tasks back."""
    place = service.places[incident.lost_region]
    time_left.afford(2, service.name)
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
        time_left.afford(1, service.name)
        ecs.set_minimum(place, 0, state.maximum_capacity)
    time_left.afford(1, service.name)
    ecs.set_desired(place, 0)
