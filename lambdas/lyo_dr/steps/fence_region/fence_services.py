"""FenceServices: stop the lost region's services, within seconds, if its API still responds.

The only step of the failover that calls the lost region.
"""

from __future__ import annotations

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.clock import Stopwatch
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.fencing import Fence, judge_fence
from lyo_dr.errors import ServiceUnreachable, Throttled
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.fences import stop_services, stopwatch


class Request(msgspec.Struct, frozen=True):
    """The incident whose lost region is fenced."""

    incident: Incident


_TRIES = 3
"""A table that throttles or answers 503 at once may answer the next time; every try is made within the same budget."""


@step("FenceServices", Request)
def handler(request: Request, ctx: StepContext) -> Fence:
    """Ends within ``budgets.fence``, the calls of its own table included: what does not answer leaves it unknown."""
    time_left = stopwatch(ctx.plan)
    ctx.limit_to(time_left)
    fence = _tried(request, ctx, time_left)
    try:
        ctx.record(request.incident.id, fence.sentence)
    except (ServiceUnreachable, Throttled) as silence:
        log.warn(f"{fence.sentence} (not on the timeline: {silence})", incident=request.incident.id)
    return fence


def _tried(request: Request, ctx: StepContext, time_left: Stopwatch) -> Fence:
    """Without its own table the guard lets nothing be fenced, and the recovery waits for neither."""
    failures: list[str] = []
    for _ in range(_TRIES):
        try:
            return _fence(request, ctx, time_left)
        except (ServiceUnreachable, Throttled) as silence:
            failures = [str(silence)]
    return judge_fence(request.incident.lost_region, [], failures)


def _fence(request: Request, ctx: StepContext, time_left: Stopwatch) -> Fence:
    """Records the previous counts on the incident, so that LiftFence can roll back."""
    answered: list[str] = []

    @irreversible
    def fence(request: Request, ctx: StepContext) -> Fence:
        incident = request.incident

        def note(name: str, state: ServiceState) -> None:
            answered.append(name)
            had = {"desired": state.desired, "minimum": state.minimum_capacity, "maximum": state.maximum_capacity}
            ctx.store.incidents.record_once(incident.id, "FENCE", name, **had)

        stopped = stop_services(ctx.plan, incident.lost_region, note, time_left)
        heard = stopped.refused or bool(answered) or _heard_before(incident, ctx)
        return judge_fence(incident.lost_region, stopped.fenced, stopped.failures, heard=heard)

    fenced: Fence = fence(request, ctx)
    return fenced


def _heard_before(incident: Incident, ctx: StepContext) -> bool:
    """Whether an earlier run that crashed had an answer; what was done just now counts without the table, too."""
    try:
        return bool(ctx.store.incidents.notes(incident.id, "FENCE"))
    except (ServiceUnreachable, Throttled):
        return False
