"""ProveContained: test that old logins are refused and that the application works with the new ones."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.proof import Proof, proof
from lyo_dr.decisions.breach.response import BreachDecision
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.verification import gaps


class Request(msgspec.Struct, frozen=True):
    """The incident, what was to be done, and how the rotation ended."""

    incident: Incident
    course: BreachDecision
    rotation: dict[str, object]


@step("ProveContained", Request, timeline=True)
@polling
def handler(request: Request, ctx: StepContext) -> Proof:
    """A rotation that failed is no news here; what else was done is proven all the same."""
    rotated = request.course.rotate if request.rotation.get("status") == "done" else []
    return proof(
        gaps(ctx, request.course, rotated),
        rotated=rotated,
        blocked=request.course.block,
        deadline=ctx.deadline(_began(ctx, request.incident.id), ctx.plan.budgets.validation),
    )


def _began(ctx: StepContext, incident_id: str) -> datetime:
    """When this was tried first: written down once, since a state that is entered again has no memory."""
    ctx.store.incidents.record_once(incident_id, "PROVING", "began", at=ctx.now().isoformat())
    note = ctx.store.incidents.read_note(incident_id, "PROVING", "began")
    return ctx.now() if note is None else datetime.fromisoformat(note["at"])
