"""UndoPreparation: roll back the scale-up made while waiting for approval, as nothing is recovered."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.guards import check_not_paused, polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted


class Request(msgspec.Struct, frozen=True):
    """The incident whose preparation is undone."""

    incident: Incident


@step("UndoPreparation", Request, stage="triage")
@polling
def handler(request: Request, ctx: StepContext) -> Any:
    """Rolls back to the counts this incident recorded, nothing else; without preparation it does nothing."""
    incident, ecs = request.incident, Ecs(ctx.region)
    lowered = []
    for note in ctx.store.incidents.notes(incident.id, "PREPARED"):
        check_not_paused(ctx, incident.id)
        name = note["sk"].rsplit("#", 1)[1]
        place = ctx.plan.service(name).places[ctx.region]
        refused = ecs.scale(place, minimum=note.get("minimum"), maximum=note.get("maximum"), desired=note["desired"])
        lowered.append(f"{name} to {counted(note['desired'], 'task')}{refused}")
    if lowered:
        ctx.record(incident.id, f"Preparation rolled back: {', '.join(lowered)}")
    return {"lowered": lowered}
