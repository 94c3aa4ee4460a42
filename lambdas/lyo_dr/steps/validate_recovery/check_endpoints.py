"""CheckEndpoints: every endpoint of the plan, directly at the stand-by or through the front door."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.adapters import dns
from lyo_dr.adapters.http import probe
from lyo_dr.decisions.validation import endpoint_fault, validation_progress
from lyo_dr.doorman import Here, step
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.model.facts import Probe
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress


class Request(msgspec.Struct, frozen=True):
    """The incident, the way to ask, and when asking began."""

    incident: Incident
    through: Literal["standby", "front_door"]
    started_at: datetime


@step("CheckEndpoints", Request)
def handler(request: Request, here: Here) -> Progress:
    """All endpoints are asked side by side, each within the probe timeout."""
    bases = _bases(request.through, here)
    asked = [(endpoint, base) for base in bases for endpoint in here.plan.endpoints]
    with ThreadPoolExecutor(max_workers=min(16, len(asked))) as pool:
        answers = list(pool.map(lambda pair: _ask(pair[1] + pair[0].path, request.through, here), asked))
    faults = [
        fault
        for (endpoint, _), answer in zip(asked, answers, strict=True)
        if (fault := endpoint_fault(endpoint, answer, here.region)) is not None
    ]
    verdict = validation_progress(
        faults,
        asked=len(asked),
        through=request.through,
        started_at=request.started_at,
        budget=here.plan.budgets.validation,
        now=here.now(),
        poll=here.poll,
    )
    here.tell(request.incident.id, verdict.sentence)
    return verdict


def _bases(through: str, here: Here) -> list[str]:
    if through == "front_door":
        return [here.plan.traffic.url]
    return [service.places[here.region].url for service in here.plan.services]


def _ask(url: str, through: str, here: Here) -> Probe:
    """The front door is resolved freshly: a cached address would validate the lost region."""
    seconds = here.plan.timing.probe_timeout.total_seconds()
    if through == "standby":
        return probe(url, seconds)
    try:
        address = dns.resolve(here.plan.traffic.name, here.plan.traffic.resolvers, seconds)[0]
    except ServiceUnreachable as silence:
        return Probe(url=url, error=str(silence))
    return probe(url, seconds, address=address)
