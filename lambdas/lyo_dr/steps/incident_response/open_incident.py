"""OpenIncident: validate and deduplicate the signal, check the role, take the lease."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.admission import admit, waits
from lyo_dr.handler import step
from lyo_dr.model.incident import Signal
from lyo_dr.model.verdict import Admission
from lyo_dr.services.failover.replicated_backups import keep_wish
from lyo_dr.services.incident.admission import announce_refusal, gather_admission_facts, incident_of, refuse
from lyo_dr.services.incident.signal_kinds import ADMISSION


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signal, and the execution's name, which becomes the incident's id."""

    signal: Signal
    execution: str


@step("OpenIncident", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """The incident that every later step carries, or the reason why there is none."""
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
    )
    if verdict.admission != "open":
        announce_refusal(ctx, request.execution, request.signal, verdict, facts.now)
        return refuse(ctx, request.execution, verdict)
    lease = facts.leases.take_lease(request.execution, facts.now, ctx.plan.budgets.lease)
    if lease is None:
        told = "Another incident took the lease first"
        late = Admission(admission="busy" if waits(request.signal, "") else "duplicate", sentence=told)
        return refuse(ctx, request.execution, late)
    incident = incident_of(ctx, request.signal, lease, facts.lease_region)
    ctx.store.incidents.open(incident, request.signal, ctx.plan.digest())
    if request.signal.kind == "region" and request.signal.database:
        keep_wish(ctx, incident.id, request.signal)
    what = ADMISSION[request.signal.kind].what(request.signal)
    ctx.record(incident.id, f"Incident opened by {request.signal.source}: {what}")
    return {"admission": "open", **msgspec.to_builtins(incident)}
