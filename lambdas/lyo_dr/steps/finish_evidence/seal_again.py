"""SealAgain: extend the manifest by later evidence. Its new head is recorded on the timeline next to the first."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.evidence import Branch, Sealed
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.manifest import seal


class MachineState(msgspec.Struct, frozen=True):
    """Which of the steps before this one could not run."""

    late_missed: Branch | None = None
    exports_missed: Branch | None = None


class Request(msgspec.Struct, frozen=True):
    """The incident, and what the steps before have left in the execution."""

    incident: Incident
    so_far: MachineState


@step("SealAgain", Request)
def handler(request: Request, ctx: StepContext) -> Sealed:
    """Later entries stand behind the earlier ones, so the first head is still the hash of a line."""
    failed = (request.so_far.late_missed, request.so_far.exports_missed)
    return seal(request.incident, [branch for branch in failed if branch is not None], ctx)
