"""UndoPreparation: roll back the scale-up made while waiting for approval, as nothing is recovered."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import check_not_paused, polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.scaling_back import scale_back


class Request(msgspec.Struct, frozen=True):
    """The incident whose preparation is undone."""

    incident: Incident


@step("UndoPreparation", Request, stage="triage")
@polling
def handler(request: Request, ctx: StepContext) -> Any:
    """Rolls back to the counts this incident recorded, nothing else; without preparation it does nothing."""
    incident = request.incident
    lowered = []
    for note in ctx.store.incidents.notes(incident.id, "PREPARED"):
        check_not_paused(ctx, incident.id)
        lowered.append(scale_back(ctx, incident.id, note, ctx.region))
    if lowered:
        ctx.record(incident.id, f"Preparation rolled back: {', '.join(lowered)}")
    return {"lowered": lowered}
