"""PreserveActions: what the suspects did, from the event history of every region they can have been active in."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.evidence import Branch, Suspects
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.cloudtrail_lookup import preserve_actions, preserve_trail
from lyo_dr.services.breach.evidence_store import EvidenceStore

_PART = "actions"


class Request(msgspec.Struct, frozen=True):
    """The incident, and who is suspected."""

    incident: Incident
    suspects: Suspects


@step("PreserveActions", Request)
def handler(request: Request, ctx: StepContext) -> Branch:
    """The history arrives minutes late: ``finish_evidence`` queries it again."""
    kept = EvidenceStore(ctx, request.incident)
    preserve_trail(kept, ctx)
    preserve_actions(request.suspects.principals, "first", kept, ctx)
    return Branch(part=_PART)
