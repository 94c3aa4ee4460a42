"""AskConsent: put the question where an answer is looked for, and tell the responders how to give it."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.breach import frame_breach
from lyo_dr.decisions.breach_messages import consent_needed
from lyo_dr.decisions.consent import frame
from lyo_dr.decisions.messages import decision_needed
from lyo_dr.doorman import Here, step
from lyo_dr.guard import check_epoch, check_not_paused, hold_lease
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Gate
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The incident, the gate that asks, what was seen, and the token of the task that waits (a bearer secret)."""

    incident: Incident
    gate: Gate
    evidence: list[str]
    token: str


@step("AskConsent", Request)
def handler(request: Request, here: Here) -> Any:
    """The lease is held for as long as an answer is waited for. The token goes into the table and nowhere else."""
    incident = request.incident
    check_not_paused(here)
    hold_lease(here, incident, here.plan.budgets.consent)
    check_epoch(here, incident)
    put = frame_breach if incident.breach else frame
    question = put(here.plan, incident, request.gate, request.evidence, here.now())
    here.questions.pose(question, request.token)
    until = f"{question.expires_at:%H:%M:%S} UTC"
    here.tell(incident.id, f"A person is asked until {until} (facts {question.facts}): {request.gate.sentence}")
    message = consent_needed if incident.breach else decision_needed
    return tell_people(here, incident.id, message(here.plan, incident, question))
