"""CloseRotation: label the current version as proven, and release the lease."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import metrics
from lyo_dr.adapters.aws.secretsmanager import labels, move_label
from lyo_dr.context import StepContext
from lyo_dr.decisions.rotation.issued_keys import rotation_ended
from lyo_dr.decisions.rotation.opening import left_as_they_are
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.issuer import Replaced
from lyo_dr.model.rotation import PROVEN, Rotation
from lyo_dr.services.common.outstanding import keep_by_hand


class Request(msgspec.Struct, frozen=True):
    """The rotation, and what became of keys."""

    rotation: Rotation
    keys: list[Replaced] = []


@step("CloseRotation", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """A run that was not heard of has closed it and released the lease: the next one finds it closed, and says so."""
    rotation = request.rotation
    closed = (ctx.store.incidents.head(rotation.id) or {}).get("state") == "closed"
    result = _ended(request, ctx) if closed else _close(request, ctx)
    ctx.control_in(rotation.lease_region).release_lease(rotation.id, rotation.epoch, ctx.now())
    return result


@rotation_guard
def _close(request: Request, ctx: StepContext) -> dict[str, Any]:
    """The standby's copy first: while one label is missing, the next rotation takes this one up again."""
    rotation = request.rotation
    for region in reversed(rotation.regions):
        for secret in rotation.secrets:
            _proven(ctx.plan.secret_in(secret, region), region)
    if rotation.by_hand:
        keep_by_hand(ctx, rotation.by_hand, rotation.id)
    result = _ended(request, ctx)
    ctx.record(rotation.id, result["sentence"])
    ctx.store.incidents.set(rotation.id, state="closed", ending=result["ending"])
    metrics.rotation_ended(result["ending"], (ctx.now() - rotation.opened_at).total_seconds())
    return result


def _ended(request: Request, ctx: StepContext) -> dict[str, Any]:
    rotation = request.rotation
    seconds = (ctx.now() - rotation.opened_at).total_seconds()
    asked = [*rotation.keys, *rotation.by_hand]
    outstanding = [str(key) for key in asked if ctx.store.outstanding.read(key) is not None]
    left = left_as_they_are(ctx.plan, rotation)
    ending, sentence = rotation_ended(rotation, request.keys, outstanding, left, seconds)
    return {"ending": ending, "sentence": sentence, "outstanding": outstanding}


def _proven(secret: str, region: str) -> None:
    found = labels(secret, region).versions
    if found.get(PROVEN) != found["AWSCURRENT"]:
        move_label(secret, region, PROVEN, to=found["AWSCURRENT"], away_from=found.get(PROVEN))
