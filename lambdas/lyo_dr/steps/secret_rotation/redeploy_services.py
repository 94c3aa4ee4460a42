"""RedeployServices: replace the tasks, so that they read the new login."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.issuer import Replaced
from lyo_dr.model.rotation import Rotation


class Request(msgspec.Struct, frozen=True):
    """The rotation, and what became of keys."""

    rotation: Rotation
    keys: list[Replaced] = []


@step("RedeployServices", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Any:
    """Every service, if anything they read has changed: ECS hands secrets over at the start of a task only.

    Noted, so that a retry deploys none twice.
    """
    rotation = request.rotation
    if not rotation.secrets and not rotation.tokens and all(key.status != "taken" for key in request.keys):
        return {"sentence": "Nothing changed that tasks read", "at": ctx.now().isoformat(), "needed": False}
    ecs, asked = Ecs(ctx.region), []
    for service in ctx.plan.services:
        if ctx.store.incidents.read_note(request.rotation.id, "REDEPLOYED", service.name) is None:
            ecs.deploy_again(service.places[ctx.region])
            ctx.store.incidents.record_once(request.rotation.id, "REDEPLOYED", service.name)
            asked.append(service.name)
    sentence = f"Redeploying: {', '.join(asked)}" if asked else "Already redeployed"
    ctx.record(request.rotation.id, sentence)
    return {"sentence": sentence, "at": ctx.now().isoformat(), "needed": True}
