"""SealManifest: what the branches have put on record becomes a manifest; a branch that failed is a gap in it."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.evidence import Branch, Sealed
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.manifest import seal


class Request(msgspec.Struct, frozen=True):
    """The incident, and how the branches ended."""

    incident: Incident
    branches: list[Branch]


@step("SealManifest", Request)
def handler(request: Request, ctx: StepContext) -> Sealed:
    """Nothing that is missing stops this; only a record that cannot be written does."""
    return seal(request.incident, request.branches, ctx)
