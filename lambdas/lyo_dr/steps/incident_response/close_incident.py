"""CloseIncident: record the ending and release the lease."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters import metrics
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.users_outage import closing_sentence
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Outcome
from lyo_dr.services.common.users_outage import users_outage


class Request(msgspec.Struct, frozen=True):
    """The incident and how it ended."""

    incident: Incident
    outcome: Outcome


@step("CloseIncident", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Idempotent."""
    incident, outcome = request.incident, request.outcome
    now, opened_at = ctx.now(), _opened_at(request.incident, ctx)
    ctx.store.incidents.set(
        incident.id,
        state="closed",
        ending=outcome.ending,
        unprotected=outcome.ending == "recovered",
        closed_at=now.isoformat(),
    )
    if outcome.ending == "recovered" and incident.lost_region != incident.region:
        ctx.store.controls.recovered(incident.id, now)
    released = ctx.lease_control(incident).release_lease(incident.id, incident.epoch, now)
    seconds = (now - opened_at).total_seconds()
    outage = users_outage(ctx, incident) if outcome.ending == "recovered" else None
    ctx.record(incident.id, closing_sentence(outcome.sentence, outage, opened_at, now))
    metrics.incident_ended(outcome.ending, seconds)
    return {"ending": outcome.ending, "lease_released": released, "closed_at": now.isoformat()}


def _opened_at(incident: Incident, ctx: StepContext) -> datetime:
    """When it was first opened: an incident taken up again counts from there."""
    head = ctx.store.incidents.head(incident.id) or {}
    return datetime.fromisoformat(head["opened_at"]) if "opened_at" in head else incident.opened_at
