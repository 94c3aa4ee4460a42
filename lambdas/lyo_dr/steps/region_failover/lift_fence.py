"""LiftFence: the region is up after all, so roll its services back to their previous counts."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted


class Request(msgspec.Struct, frozen=True):
    """The incident whose fence is undone."""

    incident: Incident


@step("LiftFence", Request, stage="triage")
@irreversible
def handler(request: Request, ctx: StepContext) -> Any:
    """Restores only the counts recorded by this incident's fence; zero is restored as zero."""
    incident = request.incident
    ecs = Ecs(incident.lost_region)
    lifted = []
    for note in ctx.store.incidents.notes(incident.id, "FENCE"):
        name = note["sk"].rsplit("#", 1)[1]
        place = ctx.plan.service(name).places[incident.lost_region]
        refused = ecs.scale(place, minimum=note.get("minimum"), maximum=note.get("maximum"), desired=note["desired"])
        lifted.append(f"{name} to {counted(note['desired'], 'task')}{refused}")
    ctx.record(
        incident.id,
        f"Fence lifted in {incident.lost_region}: {', '.join(lifted) or 'nothing to undo'}",
    )
    return {"lifted": lifted}
