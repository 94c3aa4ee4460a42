"""ProveContained: the old is tried and has to be refused; the application has to work on the new."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.decisions.breach import Course
from lyo_dr.decisions.breach_proof import Proof, proof
from lyo_dr.doorman import Here, step
from lyo_dr.guard import working
from lyo_dr.model.incident import Incident
from lyo_dr.steps.proving import gaps


class Request(msgspec.Struct, frozen=True):
    """The incident, what was to be done, and how the rotation ended."""

    incident: Incident
    course: Course
    rotation: dict[str, object]


@step("ProveContained", Request)
@working
def handler(request: Request, here: Here) -> Proof:
    """A rotation that failed is no news here; what else was done is proven all the same."""
    rotated = request.course.rotate if request.rotation.get("status") == "done" else []
    verdict = proof(
        gaps(here, request.course, rotated),
        rotated=rotated,
        blocked=request.course.block,
        waited=here.now() - _began(here, request.incident.id),
        budget=here.plan.budgets.validation,
        poll=here.poll,
    )
    here.tell(request.incident.id, verdict.sentence)
    return verdict


def _began(here: Here, incident_id: str) -> datetime:
    """When this was tried first: written down once, since a state that is entered again has no memory."""
    here.incidents.note(incident_id, "PROVING", "began", at=here.now().isoformat())
    note = here.incidents.read_note(incident_id, "PROVING", "began")
    return here.now() if note is None else datetime.fromisoformat(note["at"])
