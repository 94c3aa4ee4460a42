"""AnnounceBreach: notify legal and responders while evidence is preserved."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.messages import breach_opened
from lyo_dr.decisions.breach.response import BreachDecision
from lyo_dr.handler import step
from lyo_dr.model.breach import Part
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident and the course that was chosen."""

    incident: Incident
    course: BreachDecision


@step("AnnounceBreach", Request)
def handler(request: Request, ctx: StepContext) -> Part:
    """Each on its own topic."""
    sent = notify(ctx, request.incident.id, breach_opened(ctx.plan, request.incident, request.course))
    if sent["missed"]:
        return Part(part="told", status="failed", sentence=f"{', '.join(sent['missed'])} could not be notified")
    return Part(part="told", status="done", sentence="Legal and responders are being notified")
