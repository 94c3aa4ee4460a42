"""CheckTraffic: resolve the name as users do, and see who answers there."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.metrics import write_latch
from lyo_dr.decisions.traffic import traffic_progress
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.front_door import addresses, ask_front_door


class Request(msgspec.Struct, frozen=True):
    """The incident, and when its switch began."""

    incident: Incident
    started_at: datetime


@step("CheckTraffic", Request)
@guard
def handler(request: Request, here: Here) -> Progress:
    """While it waits it repeats the latch: the health check wants a value in every period."""
    traffic = here.plan.traffic
    target = traffic.targets[here.region]
    resolved = addresses(here, traffic.name)
    answer = ask_front_door(here, here.plan.services[0].ready_path) if resolved else None
    verdict = traffic_progress(
        name=traffic.name,
        region=here.region,
        strategy=traffic.strategy,
        expected=addresses(here, target.load_balancer or target.address or ""),
        resolved=resolved,
        answer=answer,
        started_at=request.started_at,
        budget=here.plan.budgets.switch,
        now=here.now(),
        poll=here.poll,
    )
    if verdict.status == "pending" and traffic.strategy == "latch":
        write_latch(here.region, here.names.record_of(request.incident.lost_region), off=True)
    here.tell(request.incident.id, verdict.sentence)
    return verdict
