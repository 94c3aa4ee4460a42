"""AskForKey: tell people exactly what to do, and keep the key outstanding until it is done."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.issued import key_wanted
from lyo_dr.decisions.outcome import innermost
from lyo_dr.doorman import Here, step
from lyo_dr.guard import rotating
from lyo_dr.model.issuer import KeyName, NewKey, Outstanding, Replaced
from lyo_dr.model.rotation import Rotation
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The rotation, the key, and why it could not be taken: what was tested, or an error."""

    rotation: Rotation
    key: KeyName
    tested: NewKey | None = None
    error: dict[str, Any] | None = None


@step("AskForKey", Request)
@rotating
def handler(request: Request, here: Here) -> Replaced:
    """Nothing waits for the person: logins are rotated meanwhile, and a later rotation takes the key."""
    name, issued, sentence = request.key, here.plan.issued()[request.key], _why(request)
    incident = request.rotation.incident or request.rotation.id
    before = here.outstanding.read(name) or Outstanding(
        name=name, issuer=issued.issuer, wanted="new", incident=incident, since=here.now(), sentence=sentence
    )
    if request.rotation.incident:
        before = msgspec.structs.replace(before, incident=incident)
    here.outstanding.keep(msgspec.structs.replace(before, sentence=sentence))
    here.tell(request.rotation.id, f"{name}: outstanding on {before.incident}, {issued.issuer} has to be asked")
    tell_people(here, request.rotation.id, key_wanted(issued, name, sentence, before.incident))
    revoking = request.error is None and before.wanted == "revoke"
    return Replaced(status="revoking" if revoking else "outstanding", name=name, sentence=sentence)


def _why(request: Request) -> str:
    if request.error is not None:
        return f"{request.key} was not replaced: " + ": ".join(part for part in innermost(request.error) if part)
    return request.tested.sentence if request.tested is not None else f"{request.key}: a new one is needed"
