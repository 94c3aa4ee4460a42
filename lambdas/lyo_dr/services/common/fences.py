"""Stopping a region's services, within seconds: by the incident, by the deposed region itself, from outside."""

from __future__ import annotations

from collections.abc import Callable

from lyo_dr.adapters import clock
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.errors import AccessDenied, AwsCallFailed, LyoDrError, ServiceUnreachable
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.fence import Stopped
from lyo_dr.model.plan import Plan, Service

_CALLS = 4
"""Describe the service, describe its limits, set them, set the count."""

Note = Callable[[str, ServiceState], object]
"""Writes down what a service had, by its name, before anything is taken: the way back."""


class Clock:
    """The time left. Each call may take one share: half of it to connect, half of it to read."""

    def __init__(self, budget: float) -> None:
        self.share = budget / _CALLS
        self._deadline = clock.monotonic() + budget

    def afford(self, calls: int, service: str) -> None:
        """Raises ServiceUnreachable when the next calls could outlast the budget."""
        if clock.monotonic() + calls * self.share > self._deadline:
            raise ServiceUnreachable(f"no time left for {service}")


def stop_services(plan: Plan, region: str, note: Note) -> Stopped:
    """Bounded by ``budgets.fence`` for all services together; the first timeout ends it for all."""
    time_left = Clock(plan.budgets.fence.total_seconds())
    ecs = Ecs(region, read_seconds=time_left.share / 2, attempts=1)
    fenced: list[str] = []
    at_rest: list[str] = []
    failures: list[str] = []
    refused = False
    for service in plan.services:
        try:
            if _stop(service, region, ecs, time_left, note):
                at_rest.append(service.name)
            fenced.append(service.name)
        except ServiceUnreachable as silence:
            failures.append(str(silence))
            break
        except LyoDrError as refusal:
            failures.append(str(refusal))
            refused = True
    return Stopped(fenced=fenced, at_rest=at_rest, failures=failures, refused=refused)


def _stop(service: Service, region: str, ecs: Ecs, time_left: Clock, note: Note) -> bool:
    """Record the previous counts, then set autoscaling to zero first: it would restart the tasks. Zero stays as it is.

    True if the service was already at zero.
    """
    place = service.places[region]
    time_left.afford(2, service.name)
    state = ecs.state(place)
    note(service.name, state)
    refusal: LyoDrError | None = None
    if state.minimum_capacity and state.maximum_capacity is not None:
        time_left.afford(1, service.name)
        try:
            ecs.set_minimum(place, 0, state.maximum_capacity)
        except (AccessDenied, AwsCallFailed) as refused:
            # Autoscaling may bring the tasks back, and the outcome says so; until then none of them writes.
            refusal = refused
    if state.desired:
        time_left.afford(1, service.name)
        ecs.set_desired(place, 0)
    if refusal is not None:
        raise refusal
    return not (state.minimum_capacity or state.desired or state.running or state.pending)
