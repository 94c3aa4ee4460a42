"""OpenGate: a person's consent, held against the facts once more, opens the gate."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.response import BreachDecision, judge_breach
from lyo_dr.errors import GateNotPassed
from lyo_dr.guards import containment
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.services.common.consents import consent_of


class Request(msgspec.Struct, frozen=True):
    """The incident and what opened it."""

    incident: Incident
    signal: Signal


@step("OpenGate", Request, timeline=True)
@containment
def handler(request: Request, ctx: StepContext) -> BreachDecision:
    """Raises GateNotPassed where the consent on record is none, or to other facts."""
    incident = request.incident
    course = judge_breach(ctx.plan, incident, request.signal, consent_of(ctx, incident))
    if course.status != "act":
        raise GateNotPassed(f"OpenGate did nothing: no consent to {course.gate.facts} is on record for {incident.id}")
    ctx.store.incidents.set(incident.id, gate="open")
    return course
