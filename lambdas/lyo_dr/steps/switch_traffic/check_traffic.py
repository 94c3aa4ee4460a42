"""CheckTraffic: resolve the name as users do, and see who answers there."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters import dns
from lyo_dr.adapters.aws.metrics import write_latch
from lyo_dr.adapters.http import probe
from lyo_dr.decisions.traffic import traffic_progress
from lyo_dr.doorman import Here, step
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress


class Request(msgspec.Struct, frozen=True):
    """The incident, and when its switch began."""

    incident: Incident
    started_at: datetime


@step("CheckTraffic", Request)
@guard
def handler(request: Request, here: Here) -> Progress:
    """While it waits it repeats the latch: the health check wants a value in every period."""
    traffic, seconds = here.plan.traffic, here.plan.timing.probe_timeout.total_seconds()
    expected = _addresses(traffic.targets[here.region].load_balancer or traffic.targets[here.region].address, here)
    resolved = _addresses(traffic.name, here)
    answer = probe(traffic.url + here.plan.services[0].ready_path, seconds, address=resolved[0]) if resolved else None
    verdict = traffic_progress(
        name=traffic.name,
        region=here.region,
        expected=expected,
        resolved=resolved,
        answer=answer,
        started_at=request.started_at,
        budget=here.plan.budgets.switch,
        now=here.now(),
        poll=here.poll,
    )
    if verdict.status == "pending":
        write_latch(here.region, here.names.record_of(request.incident.lost_region), off=True)
    here.tell(request.incident.id, verdict.sentence)
    return verdict


def _addresses(name: str | None, here: Here) -> list[str]:
    """Where a name leads; an address leads to itself, and no answer to nowhere."""
    if name is None or dns.is_address(name):
        return [name] if name else []
    try:
        return dns.resolve(name, here.plan.traffic.resolvers, here.plan.timing.probe_timeout.total_seconds())
    except ServiceUnreachable:
        return []
