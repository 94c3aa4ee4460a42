"""AskConsent: store the question and notify the responders how to answer it."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.messages import consent_needed
from lyo_dr.decisions.breach.response import frame_breach
from lyo_dr.decisions.common.consent import frame
from lyo_dr.decisions.common.messages import decision_needed
from lyo_dr.guards import check_epoch, check_not_paused, hold_lease
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Gate
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident, the gate that asks, what was seen, and the token of the task that waits (a bearer secret)."""

    incident: Incident
    gate: Gate
    evidence: list[str]
    token: str


@step("AskConsent", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """The lease is renewed for the whole waiting time. The task token is stored in the table only."""
    incident = request.incident
    hold_lease(ctx, incident, ctx.plan.budgets.consent)
    check_not_paused(ctx, incident.id)
    check_epoch(ctx, incident)
    put = frame_breach if incident.breach else frame
    question = put(ctx.plan, incident, request.gate, request.evidence, ctx.now())
    ctx.store.questions.pose(question, request.token)
    until = f"{question.expires_at:%H:%M:%S} UTC"
    ctx.record(incident.id, f"Approval requested until {until} (facts {question.facts}): {request.gate.sentence}")
    message = consent_needed if incident.breach else decision_needed
    return notify(ctx, incident.id, message(ctx.plan, incident, question))
