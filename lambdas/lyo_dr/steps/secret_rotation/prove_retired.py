"""ProveRetired: test that the old login is refused, here and at the replica."""

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
    """The rotation, what was staged, and when proving began."""

    rotation: Rotation
    staged: Staged
    started_at: datetime


@step("ProveRetired", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Progress:
    """With the version that held it. Where none is known (a copy was only brought in step) there is nothing to try."""
    staged = request.staged
    if not staged.old:
        return Progress(status="ready", sentence=f"{staged.secret}: no earlier login is on record, so none was tested")
    deadline = ctx.deadline(request.started_at, ctx.plan.budgets.validation)
    return try_logins(ctx, staged, wanted="refused", deadline=deadline)
