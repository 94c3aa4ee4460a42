"""PrepareStandby: scale up the standby while waiting for approval (reversible)."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.capacity import raise_to
from lyo_dr.guards import reversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.scaling import held_back


class Request(msgspec.Struct, frozen=True):
    """The incident whose standby is prepared."""

    incident: Incident


@step("PrepareStandby", Request)
@reversible
def handler(request: Request, ctx: StepContext) -> Any:
    """Record the previous counts once before changing them: UndoPreparation rolls back to them."""
    incident, ecs = request.incident, Ecs(ctx.region)
    if incident.breach:
        return {"prepared": 0}
    sentences = []
    for service in ctx.plan.services:
        if held_back(ctx, service) is not None:
            continue
        place = service.places[ctx.region]
        state = ecs.state(place)
        wanted = raise_to(service, state)
        limits = {"minimum": state.minimum_capacity, "maximum": state.maximum_capacity}
        ctx.store.incidents.record_once(incident.id, "PREPARED", service.name, desired=state.desired, **limits)
        refused = ecs.scale(place, minimum=wanted.minimum, maximum=wanted.maximum, desired=wanted.desired)
        sentences.append(f"{wanted.sentence}{refused}")
    ctx.record(incident.id, f"Prepared meanwhile: {'; '.join(sentences)}")
    return {"prepared": len(sentences)}
