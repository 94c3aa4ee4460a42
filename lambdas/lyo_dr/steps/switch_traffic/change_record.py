"""ChangeRecord: point the DNS records to this region, if they still have the expected value (compare and set)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import SubmittedChanges
from lyo_dr.services.failover.front_names import change_name


class Request(msgspec.Struct, frozen=True):
    """The incident that moves the traffic."""

    incident: Incident


@step("ChangeRecord", Request, stage="switch")
@irreversible
def handler(request: Request, ctx: StepContext) -> SubmittedChanges:
    """Idempotent: submitting again gives a new change to wait for.

    All names are tried at once, and each before the failure of one is raised, RecordNotExpected among them; that of
    a name nobody waits for is on the timeline and raises nothing.
    """
    fronts = [front for front in ctx.plan.fronts() if front.strategy == "record"]
    with ThreadPoolExecutor(max_workers=max(1, len(fronts))) as pool:
        found = pool.map(lambda front: change_name(front, request.incident, ctx), fronts)
        results = list(zip(fronts, found, strict=True))
    for front, result in results:
        if result.failure is not None and ctx.plan.is_critical(front):
            raise result.failure
    for front, result in results:
        if result.failure is not None and result.change is not None:
            what = f"The record of {front.name}, which is not waited for, is not changed"
            ctx.record(request.incident.id, f"{what}: {result.failure}; change it by hand")
    return SubmittedChanges(
        changes=[result.change for _, result in results if result.change is not None], submitted_at=ctx.now()
    )
