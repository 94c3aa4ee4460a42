"""PreserveActions: what the suspects did, from the event history of every region they can have been active in."""

from __future__ import annotations

import msgspec

from lyo_dr.doorman import Here, step
from lyo_dr.model.evidence import Branch, Suspects
from lyo_dr.model.incident import Incident
from lyo_dr.steps.actions import preserve_actions, preserve_trail
from lyo_dr.steps.vault import Vault

_PART = "actions"


class Request(msgspec.Struct, frozen=True):
    """The incident, and who is suspected."""

    incident: Incident
    suspects: Suspects


@step("PreserveActions", Request)
def handler(request: Request, here: Here) -> Branch:
    """The history is told minutes late: it is asked again by ``finish_evidence``."""
    kept = Vault(here, request.incident)
    preserve_trail(kept, here)
    preserve_actions(request.suspects.principals, "first", kept, here)
    return Branch(part=_PART)
