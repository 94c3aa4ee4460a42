"""FenceServices: stop the lost region's services, within seconds, if its API still responds.

The only step of the failover that calls the lost region.
"""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.fencing import Fence, judge_fence
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.fences import stop_services


class Request(msgspec.Struct, frozen=True):
    """The incident whose lost region is fenced."""

    incident: Incident


@step("FenceServices", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Fence:
    """Records the previous counts on the incident, so that LiftFence can roll back."""
    incident = request.incident

    def note(name: str, state: ServiceState) -> None:
        ctx.store.incidents.record_once(
            incident.id,
            "FENCE",
            name,
            desired=state.desired,
            minimum=state.minimum_capacity,
            maximum=state.maximum_capacity,
        )

    stopped = stop_services(ctx.plan, incident.lost_region, note)
    heard = stopped.refused or bool(ctx.store.incidents.notes(incident.id, "FENCE"))
    return judge_fence(incident.lost_region, stopped.fenced, stopped.failures, heard=heard)
