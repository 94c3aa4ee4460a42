"""CheckRedeployment: have all tasks been replaced, and is the application ready on the new login?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.http import probe
from lyo_dr.decisions.redeployment import redeployed, unsettled
from lyo_dr.doorman import Here, step
from lyo_dr.guard import rotating
from lyo_dr.model.plan import Service
from lyo_dr.model.rotation import Rotation
from lyo_dr.model.verdict import Progress


class Request(msgspec.Struct, frozen=True):
    """The rotation, and when looking began."""

    rotation: Rotation
    started_at: datetime


@step("CheckRedeployment", Request)
@rotating
def handler(request: Request, here: Here) -> Progress:
    """Every service has settled and says by the contract that it reads and writes."""
    reasons = {service.name: _reason(service, here) for service in here.plan.services}
    verdict = redeployed(
        {name: reason for name, reason in reasons.items() if reason is not None},
        services=list(reasons),
        started_at=request.started_at,
        budget=here.plan.budgets.capacity,
        now=here.now(),
        poll=here.poll,
    )
    here.tell(request.rotation.id, verdict.sentence)
    return verdict


def _reason(service: Service, here: Here) -> str | None:
    place, ecs = service.places[here.region], Ecs(here.region)
    state = ecs.counts(place)
    if state.rollout != "COMPLETED":
        state = msgspec.structs.replace(state, stop_reasons=ecs.stop_reasons(place))
        return unsettled(state)
    if state.desired == 0:
        return None
    answer = probe(place.url + service.ready_path, here.plan.timing.probe_timeout.total_seconds())
    return None if answer.ready else f"it is not ready ({answer.database or answer.error or answer.status})"
