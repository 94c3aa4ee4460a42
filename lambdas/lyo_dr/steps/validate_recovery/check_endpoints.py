"""CheckEndpoints: every endpoint of the plan, directly at the standby or through the public DNS name."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Literal

import msgspec

from lyo_dr.adapters.http import probe
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.validation import endpoint_fault, validation_progress
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.facts import Probe
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Endpoint
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.front_door import ask_front_door
from lyo_dr.services.common.users_outage import record_served
from lyo_dr.services.incident.skips import skippable


class Request(msgspec.Struct, frozen=True):
    """The incident, the way to ask, and when asking began."""

    incident: Incident
    through: Literal["standby", "front_door"]
    started_at: datetime


@step("CheckEndpoints", Request, timeline=True, stage="validation")
@polling
@skippable
def handler(request: Request, ctx: StepContext) -> Progress:
    """All endpoints are probed in parallel, each within the probe timeout."""
    questions = _questions(request.through, ctx)
    with ThreadPoolExecutor(max_workers=min(16, len(questions))) as pool:
        answers = list(pool.map(lambda question: question[1](), questions))
    faults = [
        fault
        for (endpoint, _), answer in zip(questions, answers, strict=True)
        if (fault := endpoint_fault(endpoint, answer, ctx.region)) is not None
    ]
    verdict = validation_progress(
        faults,
        asked=len(questions),
        through=request.through,
        deadline=ctx.deadline(request.started_at, ctx.plan.budgets.validation),
    )
    if verdict.status == "ready" and request.through == "front_door":
        record_served(ctx, request.incident)
    return verdict


def _questions(through: str, ctx: StepContext) -> list[tuple[Endpoint, Callable[[], Probe]]]:
    if through == "front_door":
        return [(endpoint, partial(ask_front_door, ctx, endpoint.path)) for endpoint in ctx.plan.endpoints]
    seconds = ctx.plan.timing.probe_timeout.total_seconds()
    bases = [service.places[ctx.region].url for service in ctx.plan.services]
    return [
        (endpoint, partial(probe, base + endpoint.path, seconds)) for base in bases for endpoint in ctx.plan.endpoints
    ]
