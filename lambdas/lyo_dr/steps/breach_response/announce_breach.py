"""AnnounceBreach: the legal side and the responders hear of it while evidence is preserved."""

from __future__ import annotations

import msgspec

from lyo_dr.decisions.breach import Course
from lyo_dr.decisions.breach_messages import breach_opened
from lyo_dr.doorman import Here, step
from lyo_dr.model.breach import Part
from lyo_dr.model.incident import Incident
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The incident and the course that was chosen."""

    incident: Incident
    course: Course


@step("AnnounceBreach", Request)
def handler(request: Request, here: Here) -> Part:
    """Each on its own topic."""
    sent = tell_people(here, request.incident.id, breach_opened(here.plan, request.incident, request.course))
    if sent["missed"]:
        return Part(part="told", status="failed", sentence=f"{', '.join(sent['missed'])} could not be told")
    return Part(part="told", status="done", sentence="The legal side and the responders were told")
