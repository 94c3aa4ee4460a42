"""TestSecret: does the new login work, here and at the replica? Only then may anybody depend on it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.decisions.rotation import login_progress
from lyo_dr.doorman import Here, step
from lyo_dr.guard import rotating
from lyo_dr.model.rotation import LoginTry, Rotation, Staged
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.rotating import ask


class Request(msgspec.Struct, frozen=True):
    """The rotation, what was staged, and when testing began."""

    rotation: Rotation
    staged: Staged
    started_at: datetime


@step("TestSecret", Request)
@rotating
def handler(request: Request, here: Here) -> Progress:
    """A password reaches the replica a little later: should this region be lost, its stand-by must know it."""
    staged = request.staged
    tries = {
        region: ask(
            here,
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
        budget=here.plan.budgets.validation,
        now=here.now(),
        poll=here.poll,
    )
    here.tell(request.rotation.id, verdict.sentence)
    return verdict
