"""Stopping a region's services, within seconds: by the incident, by the deposed region itself, from outside."""

from __future__ import annotations

from collections.abc import Callable

from lyo_dr.adapters.aws.ecs import LIMITS_AWAY, Ecs
from lyo_dr.adapters.clock import Stopwatch
from lyo_dr.errors import AwsCallFailed, LyoDrError, ServiceUnreachable
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.fence import Stopped
from lyo_dr.model.plan import Plan, Service

_CALLS = 6
"""Describe the service, describe its limits, write them down, set them, set the count, and one to say what was done."""
_TO_SAY = 1

Note = Callable[[str, ServiceState], object]
"""Writes down what a service had, by its name, before anything is taken: the way back."""


def stopwatch(plan: Plan) -> Stopwatch:
    """The time of one fence, started now: for every call it makes, to the other region or to a table."""
    return Stopwatch(plan.budgets.fence.total_seconds(), _CALLS)


def stop_services(plan: Plan, region: str, note: Note, time_left: Stopwatch | None = None) -> Stopped:
    """Bounded by ``budgets.fence`` for all services together; the first timeout ends it for all."""
    time_left = time_left or stopwatch(plan)
    ecs = Ecs(region, read_seconds=time_left.share / 2, attempts=1)
    fenced: list[str] = []
    at_rest: list[str] = []
    failures: list[str] = []
    refused = False
    for service in plan.stopping_order():
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


def _stop(service: Service, region: str, ecs: Ecs, time_left: Stopwatch, note: Note) -> bool:
    """Record the previous counts, then set autoscaling to zero first: it would restart the tasks. Zero stays as it is.

    True if the service was already at zero. Autoscaling that is silent or refuses may bring the tasks back, and the
    outcome says so; until then none of them writes.
    """
    place = service.places[region]
    time_left.afford(1 + _TO_SAY, service.name)
    state = ecs.counts(place)
    refusal: LyoDrError | None = None
    try:
        time_left.afford(1 + _TO_SAY, service.name)
        state = ecs.with_limits(state, place)
    except LIMITS_AWAY as unknown:
        refusal = unknown
    time_left.afford(1 + _TO_SAY, service.name)
    note(service.name, state)
    if state.minimum_capacity and state.maximum_capacity is not None:
        try:
            time_left.afford(1 + _TO_SAY, service.name)
            ecs.set_minimum(place, 0, state.maximum_capacity)
        except LIMITS_AWAY as refused:
            refusal = refused
    if state.desired:
        time_left.afford(1 + _TO_SAY, service.name)
        ecs.set_desired(place, 0)
    if refusal is not None:
        raise AwsCallFailed(str(refusal))
    return not (state.minimum_capacity or state.desired or state.running or state.pending)
