"""AskForKey: notify people what to do, and keep the key outstanding until it is done."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.decisions.rotation.issued_keys import key_wanted
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.issuer import KeyName, NewKey, Outstanding, Replaced
from lyo_dr.model.rotation import Rotation
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The rotation, the key, and why it could not be taken: what was tested, or an error."""

    rotation: Rotation
    key: KeyName
    tested: NewKey | None = None
    error: dict[str, Any] | None = None


@step("AskForKey", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Replaced:
    """Nothing waits for the person: logins are rotated meanwhile, and a later rotation takes the key."""
    name, issued, sentence = request.key, ctx.plan.issued()[request.key], _why(request)
    incident = request.rotation.incident or request.rotation.id
    before = ctx.store.outstanding.read(name) or Outstanding(
        name=name, issuer=issued.issuer, wanted="new", incident=incident, since=ctx.now(), sentence=sentence
    )
    if request.rotation.incident:
        before = msgspec.structs.replace(before, incident=incident)
    ctx.store.outstanding.keep(msgspec.structs.replace(before, sentence=sentence))
    ctx.record(request.rotation.id, f"{name}: outstanding on {before.incident}, request a new key from {issued.issuer}")
    notify(ctx, request.rotation.id, key_wanted(issued, name, sentence, before.incident))
    revoking = request.error is None and before.wanted == "revoke"
    return Replaced(status="revoking" if revoking else "outstanding", name=name, sentence=sentence)


def _why(request: Request) -> str:
    if request.error is not None:
        return f"{request.key} was not replaced: " + ": ".join(part for part in innermost(request.error) if part)
    return request.tested.sentence if request.tested is not None else f"{request.key}: a new key is needed"
