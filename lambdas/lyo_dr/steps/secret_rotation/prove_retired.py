"""ProveRetired: the old login is tried, and has to be refused, here and at the replica."""

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
    """The rotation, what was staged, and when proving began."""

    rotation: Rotation
    staged: Staged
    started_at: datetime


@step("ProveRetired", Request)
@rotating
def handler(request: Request, here: Here) -> Progress:
    """With the version that held it. Where none is known (a copy was only brought in step) there is nothing to try."""
    staged = request.staged
    tries = {
        region: ask(
            here,
            "TryLogin",
            {"secret": staged.secret, "database": staged.database, "version": version},
            LoginTry,
            region=region,
        )
        for region, version in staged.old.items()
    }
    if not tries:
        verdict = Progress(
            status="ready", sentence=f"{staged.secret}: no earlier login is on record, so none was tried"
        )
    else:
        verdict = login_progress(
            tries,
            user=staged.retiring,
            wanted="refused",
            started_at=request.started_at,
            budget=here.plan.budgets.validation,
            now=here.now(),
            poll=here.poll,
        )
    here.tell(request.rotation.id, verdict.sentence)
    return verdict
