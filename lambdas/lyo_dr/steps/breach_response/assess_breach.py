"""AssessBreach: tables that a possibly leaked login could read, and drafts for a person to review."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.messages import breach_assessed, drafts_of, within_reach
from lyo_dr.decisions.breach.response import BreachDecision, parts_of
from lyo_dr.handler import step
from lyo_dr.model.breach import Part
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.breach_context import access_of, record_part
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident, the course, and the state of the machine with what was done so far."""

    incident: Incident
    course: BreachDecision
    so_far: dict[str, Any]


@step("AssessBreach", Request)
def handler(request: Request, ctx: StepContext) -> Part:
    """The drafts are stored on the incident and sent to legal only; nothing is sent outside."""
    incident, course = request.incident, request.course
    access = [access_of(ctx, database.name) for database in ctx.plan.databases_in(ctx.region)]
    drafts = drafts_of(ctx.plan, incident, course, access, parts_of(request.so_far))
    for name, text in drafts.items():
        ctx.store.incidents.record_once(incident.id, "DRAFT", name, text=text, standing="waits for a person")
    sent = notify(ctx, incident.id, breach_assessed(ctx.plan, incident, course, drafts))
    reached = [table for table, _ in within_reach(ctx.plan, access)]
    sentence = f"Readable: {', '.join(reached) or 'no table with personal data'}"
    if drafts:
        sentence += "; drafts for the authority and for customers are waiting for a person"
    if sent["missed"]:
        return record_part(
            ctx, incident, Part(part="assessment", status="failed", sentence=f"{sentence}; legal was not notified")
        )
    return record_part(ctx, incident, Part(part="assessment", status="done", sentence=sentence))
