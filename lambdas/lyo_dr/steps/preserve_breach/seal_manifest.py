"""SealManifest: what the branches have put on record becomes a manifest; a branch that failed is a gap in it."""

from __future__ import annotations

import msgspec

from lyo_dr.doorman import Here, step
from lyo_dr.model.evidence import Branch, Sealed
from lyo_dr.model.incident import Incident
from lyo_dr.steps.sealing import seal


class Request(msgspec.Struct, frozen=True):
    """The incident, and how the branches ended."""

    incident: Incident
    branches: list[Branch]


@step("SealManifest", Request)
def handler(request: Request, here: Here) -> Sealed:
    """Nothing that is missing stops this; only a record that cannot be written does."""
    return seal(request.incident, request.branches, here)
