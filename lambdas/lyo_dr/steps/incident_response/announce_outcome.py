"""AnnounceOutcome: the final notification."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import incident_closed
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Outcome
from lyo_dr.services.common.notify import notify
from lyo_dr.services.common.users_outage import users_outage


class Request(msgspec.Struct, frozen=True):
    """The incident and how it ended."""

    incident: Incident
    outcome: Outcome


@step("AnnounceOutcome", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Responders always; stakeholders, too, unless they heard of no disruption, which the sender knows."""
    outcome = request.outcome
    head = ctx.store.incidents.head(request.incident.id) or {}
    messages = incident_closed(
        ctx.plan,
        request.incident,
        ending=outcome.ending,
        sentence=outcome.sentence,
        reasons=outcome.reasons,
        now=ctx.now(),
        instance_lost=head.get("cause") == "instance",
        outage=users_outage(ctx, request.incident) if outcome.ending == "recovered" else None,
    )
    return notify(ctx, request.incident.id, messages)
