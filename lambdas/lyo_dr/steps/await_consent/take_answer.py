"""TakeAnswer: read the answer from the table, whatever the state machine received."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.consent import stated_loss
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.consent import Consent, Question
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Gate


class Request(msgspec.Struct, frozen=True):
    """The incident and the gate that asked."""

    incident: Incident
    gate: Gate


@step("TakeAnswer", Request, timeline=True)
@polling
def handler(request: Request, ctx: StepContext) -> Any:
    """Expire an unanswered question. Record a consent on the incident: who gave it, and to which facts."""
    incident = request.incident
    question = ctx.store.questions.read(incident.id)
    if question is None or question.facts != request.gate.facts:
        return {"answer": "not_asked", "sentence": "Nobody could be asked, so nothing is changed"}
    if question.standing == "open" and not ctx.store.questions.expire(question):
        question = ctx.store.questions.read(incident.id) or question
    if question.standing == "approved":
        consent = Consent(facts=question.facts, finding=question.finding, by=question.by)
        ctx.store.incidents.set(incident.id, consent=msgspec.to_builtins(consent))
        return {"answer": "approved", "sentence": _approved(question)}
    if question.standing == "declined":
        return {"answer": "declined", "sentence": f"{question.by} declined: {question.why}"}
    return {"answer": "expired", "sentence": "Nobody answered in time, so nothing is changed"}


def _approved(question: Question) -> str:
    accepted = f", accepting the loss of {stated_loss(question)}" if question.over_rpo else ""
    return f"{question.by} approved {question.facts}{accepted}; rereading the facts"
