"""PlanProbes: choose the next temporary restores, and clean up those no longer needed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.search import best, next_round
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.search import Bracket, Round
from lyo_dr.services.restore.deadlines import no_time_to_search
from lyo_dr.services.restore.search_restores import Probes, sweep_former


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, what is searched and since when, and when the restore began."""

    incident: Incident
    database: str
    search: Bracket
    started_at: datetime
    restore_began: datetime


@step("PlanProbes", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Round:
    """Each is written down before it is made; the best so far is kept, for it may become the database."""
    incident, name, bracket = request.incident, request.database, request.search
    rules, probes = ctx.plan.database(name).restore, Probes(ctx, incident.id, name)
    left = sweep_former(ctx, name, incident.id)
    if left:
        ctx.record(incident.id, f"Not yet deleted from an earlier search: {', '.join(left)}")
    ctx.store.databases.search(name, incident.id, request.started_at + rules.search_budget)
    looks = probes.looks()
    kept = best(bracket, looks)
    probes.sweep(kept.instance if kept else None)
    late = no_time_to_search(ctx, request.restore_began, request.started_at)
    if late:
        return Round(status="done", sentence=late)
    verdict = next_round(bracket, looks, rules, begun=request.started_at, now=ctx.now())
    for probe in verdict.probes:
        probes.plan(probe)
    return verdict
