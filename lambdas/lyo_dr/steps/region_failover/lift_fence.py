"""LiftFence: the region is up after all, so roll its services back to their previous counts."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.scaling_back import scale_back


class Request(msgspec.Struct, frozen=True):
    """The incident whose fence is undone."""

    incident: Incident


@step("LiftFence", Request, stage="triage")
@irreversible
def handler(request: Request, ctx: StepContext) -> Any:
    """Restores only the counts recorded by this incident's fence; zero is restored as zero."""
    incident = request.incident
    notes = ctx.store.incidents.notes(incident.id, "FENCE")
    lifted = [scale_back(ctx, incident.id, note, incident.lost_region) for note in notes]
    ctx.record(
        incident.id,
        f"Fence lifted in {incident.lost_region}: {', '.join(lifted) or 'nothing to undo'}",
    )
    return {"lifted": lifted}
