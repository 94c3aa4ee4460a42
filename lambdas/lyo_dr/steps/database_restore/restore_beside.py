"""RestoreBeside: a new instance beside the damaged one, with all its settings, at the moment of this attempt."""

from __future__ import annotations

from functools import partial

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.decisions.restoring import may_restore
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import Beside, Target
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.beside import advance


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("RestoreBeside", Request)
@guard
def handler(request: Request, here: Here) -> Beside:
    """Called again until the instance is available: what this incident has made already is adopted."""
    attempts, planned = Attempts(here, request.incident.id), here.plan.database(request.database).instances[here.region]
    return advance(here, request.incident, attempts, planned, partial(_begin, here, attempts, request.database))


def _begin(here: Here, attempts: Attempts, database: str, name: str, target: Target) -> Beside:
    """The archive of the log is a little behind: a moment just before the damage may not be in it yet."""
    backups, damaged = Backups(here.region), attempts.damaged(database)
    waiting = may_restore(
        target,
        backups.window(damaged),
        name,
        started_at=attempts.begun(),
        budget=here.plan.budgets.restore,
        now=here.now(),
        poll=here.poll,
    )
    if waiting is not None:
        return waiting
    backups.restore(backups.describe(damaged), name, target, attempts.maker())
    sentence = f"{name} is being restored beside {damaged}, to {target}"
    return Beside(status="pending", sentence=sentence, identifier=name, wait_seconds=here.poll)
