"""OpenIncident: validate and deduplicate the signal, check the role, take the lease; or take a failed incident up."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.admission import admit, opened_by, work_of
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.verdict import Admission
from lyo_dr.services.failover.replicated_backups import keep_wish
from lyo_dr.services.incident.admission import AdmissionFacts, gather_admission_facts, incident_of, refuse
from lyo_dr.services.incident.resume import take_up
from lyo_dr.services.incident.signal_kinds import ADMISSION


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signal, and the execution's name, which becomes the incident's id unless one is taken up again."""

    signal: Signal
    execution: str


@step("OpenIncident", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """The incident that every later step carries, or the reason why there is none."""
    opened = take_up(ctx, request.signal, request.execution) if request.signal.resumes else _open(request, ctx)
    if isinstance(opened, Admission):
        return refuse(ctx, request.execution, request.signal, opened)
    return {"admission": "open", **msgspec.to_builtins(opened)}


def _open(request: Request, ctx: StepContext) -> Incident | Admission:
    facts = gather_admission_facts(ctx, request.signal)
    verdict = admit(
        request.signal,
        here=ctx.region,
        pair=ctx.plan.regions.pair,
        incident_id=request.execution,
        record=facts.record,
        lease=facts.lease,
        now=facts.now,
        max_age=facts.max_age,
        brakes=facts.limits,
        seen_lost=facts.seen_lost,
    )
    if verdict.admission != "open":
        return verdict
    incident = _take_lease(request, facts, ctx)
    if incident is None:
        # Whoever was first is seen at the next look, which decides whether this signal waits or is recorded only.
        return Admission(admission="busy", sentence="Another incident took the lease first; looking at it again")
    ctx.store.incidents.open(incident, request.signal, ctx.plan.digest())
    if request.signal.kind == "region" and request.signal.database:
        keep_wish(ctx, incident.id, request.signal)
    what = ADMISSION[request.signal.kind].what(request.signal)
    ctx.record(incident.id, f"Incident opened by {opened_by(request.signal)}: {what}")
    return incident


def _take_lease(request: Request, facts: AdmissionFacts, ctx: StepContext) -> Incident | None:
    """The incident under its new epoch; that of a breach has the epoch on record and holds no lease."""
    signal, name, kind = request.signal, request.execution, work_of(request.signal)
    if kind is None:
        return incident_of(ctx, signal, name, facts.record.epoch, facts.now, facts.lease_region)
    lease = facts.leases.take_lease(name, facts.now, ctx.plan.budgets.lease, kind)
    if lease is None:
        return None
    return incident_of(ctx, signal, name, lease.epoch, lease.taken_at, facts.lease_region)
