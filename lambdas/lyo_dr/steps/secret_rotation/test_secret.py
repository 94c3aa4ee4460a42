"""TestSecret: does the new login work, here and at the replica? Only then may the application depend on it."""

# A step of the product, not a test of it: Secrets Manager calls this stage of a rotation TestSecret.

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.rotation import Rotation, Staged
from lyo_dr.model.verdict import Progress
from lyo_dr.services.rotation.logins import try_logins


class Request(msgspec.Struct, frozen=True):
    """The rotation, what was staged, and when testing began."""

    rotation: Rotation
    staged: Staged
    started_at: datetime


@step("TestSecret", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Progress:
    """A password reaches the replica a little later: should this region be lost, its standby must know it."""
    deadline = ctx.deadline(request.started_at, ctx.plan.budgets.validation)
    return try_logins(ctx, request.staged, wanted="accepted", deadline=deadline)
