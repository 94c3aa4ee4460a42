"""FinishKey: make the accepted key current, here and then in the standby's copy; every other byte stays."""

from __future__ import annotations

import uuid

import msgspec

from lyo_dr.adapters.aws.secretsmanager import labels, move_label, read_text, version_text, write_text
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_text import value_of, with_value
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.issuer import HANDED_OVER, KeyName, NewKey, Outstanding, Replaced
from lyo_dr.model.rotation import Rotation


class Request(msgspec.Struct, frozen=True):
    """The rotation, the key, and what was tested."""

    rotation: Rotation
    key: KeyName
    tested: NewKey


@step("FinishKey", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Replaced:
    """The former key goes on being valid, so it does not matter which copy is read in between.

    Every copy is read first: one that is unfit is refused before any is written.
    """
    name, rotation = request.key, request.rotation
    here = ctx.plan.secret_in(name.secret, ctx.region)
    value = value_of(version_text(here, ctx.region, request.tested.version), name.key)
    copies = {region: ctx.plan.secret_in(name.secret, region) for region in rotation.regions}
    texts = {region: read_text(copy, region) for region, copy in copies.items()}
    changed = {region: with_value(text, name.key, value) for region, text in texts.items()}
    stale = [region for region, text in texts.items() if value_of(text, name.key) != value]
    # Before the copies: whoever finds the new key current also finds what it replaced, and that tasks have to follow.
    _remember(request, value, ctx)
    for region in stale:
        write_text(copies[region], region, changed[region], _token(rotation, name, region))
    label = HANDED_OVER + name.key
    if labels(here, ctx.region).versions.get(label) == request.tested.version:
        move_label(here, ctx.region, label, to=None, away_from=request.tested.version)
    sentence = f"{name}: new tasks read the new key in {' and '.join(rotation.regions)}"
    return Replaced(status="taken", name=name, sentence=sentence)


def _remember(request: Request, value: object, ctx: StepContext) -> None:
    name, rotation = request.key, request.rotation
    before = ctx.store.outstanding.read(name) or Outstanding(
        name=name,
        issuer=ctx.plan.issued()[name].issuer,
        wanted="new",
        incident=rotation.incident or rotation.id,
        since=ctx.now(),
        sentence="",
    )
    here = ctx.plan.secret_in(name.secret, ctx.region)
    current = labels(here, ctx.region).versions["AWSCURRENT"]
    former = value_of(version_text(here, ctx.region, current), name.key) != value
    old = [*before.old, current] if former and current not in before.old else before.old
    sentence = f"{name}: a new key was taken; tasks have to be replaced"
    ctx.store.outstanding.keep(msgspec.structs.replace(before, wanted="redeploy", old=old, sentence=sentence))


def _token(rotation: Rotation, name: KeyName, region: str) -> str:
    """The id of the new version: the same for every attempt of one rotation."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{rotation.id}/{name.secret}/{name.key}/{region}"))
