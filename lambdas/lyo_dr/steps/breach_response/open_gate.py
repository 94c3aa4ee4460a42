"""OpenGate: a person's consent, held against the facts once more, opens the gate."""

from __future__ import annotations

import msgspec

from lyo_dr.decisions.breach import Course, judge_breach
from lyo_dr.doorman import Here, step
from lyo_dr.errors import GateNotPassed
from lyo_dr.guard import containing
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.steps.consenting import consent_of


class Request(msgspec.Struct, frozen=True):
    """The incident and what opened it."""

    incident: Incident
    signal: Signal


@step("OpenGate", Request)
@containing
def handler(request: Request, here: Here) -> Course:
    """Raises GateNotPassed where the consent on record is none, or to other facts."""
    incident = request.incident
    course = judge_breach(here.plan, incident, request.signal, consent_of(here, incident))
    if course.status != "act":
        raise GateNotPassed(f"OpenGate did nothing: no consent to {course.gate.facts} is on record for {incident.id}")
    here.incidents.set(incident.id, gate="open")
    here.tell(incident.id, course.sentence)
    return course
