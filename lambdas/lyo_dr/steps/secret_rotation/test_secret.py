"""TestSecret: does the new login work, here and at the replica? Only then may the application depend on it."""

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
    """The rotation, what was staged, and when testing began."""

    rotation: Rotation
    staged: Staged
    started_at: datetime


@step("TestSecret", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Progress:
    """A password reaches the replica a little later: should this region be lost, its standby must know it."""
    staged = request.staged
    tries = {
        region: ask(
            ctx,
            "TryLogin",
            {"secret": staged.secret, "database": staged.database, "version": version},
            LoginTry,
            region=region,
        )
        for region, version in staged.versions.items()
    }
    verdict = login_progress(
        tries,
        user=staged.user,
        wanted="accepted",
        started_at=request.started_at,
        budget=ctx.plan.budgets.validation,
        now=ctx.now(),
        poll=ctx.poll,
    )
    ctx.record(request.rotation.id, verdict.sentence)
    return verdict
