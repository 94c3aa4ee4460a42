"""ProveRetired: test that the old login is refused, here and at the replica."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.rotation.secret_rotation import login_progress
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.rotation import LoginTry, Rotation, Staged
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.sql_functions import ask


class Request(msgspec.Struct, frozen=True):
    """The rotation, what was staged, and when proving began."""

    rotation: Rotation
    staged: Staged
    started_at: datetime


@step("ProveRetired", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Progress:
    """With the version that held it. Where none is known (a copy was only brought in step) there is nothing to try."""
    staged = request.staged
    tries = {
        region: ask(
            ctx,
            "TryLogin",
            {"secret": staged.secret, "database": staged.database, "version": version},
            LoginTry,
            region=region,
        )
        for region, version in staged.old.items()
    }
    if not tries:
        verdict = Progress(
            status="ready", sentence=f"{staged.secret}: no earlier login is on record, so none was tested"
        )
    else:
        verdict = login_progress(
            tries,
            user=staged.retiring,
            wanted="refused",
            started_at=request.started_at,
            budget=ctx.plan.budgets.validation,
            now=ctx.now(),
            poll=ctx.poll,
        )
    ctx.record(request.rotation.id, verdict.sentence)
    return verdict
