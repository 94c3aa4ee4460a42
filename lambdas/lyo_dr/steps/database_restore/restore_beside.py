"""RestoreBeside: a new instance beside the damaged one, with all its settings, at the moment of this attempt."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.backups import Backups, made_by
from lyo_dr.decisions.restoring import beside_progress, may_restore
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import Beside
from lyo_dr.steps.attempts import Attempts


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("RestoreBeside", Request)
@guard
def handler(request: Request, here: Here) -> Beside:
    """Called again until the instance is available: what this incident has made already is adopted."""
    incident, backups, attempts = request.incident, Backups(here.region), Attempts(here, request.incident.id)
    tried = attempts.all()
    planned = here.plan.database(request.database).instances[here.region]
    name = attempts.instance(planned)
    found = backups.find(name)
    if found is None:
        verdict = _begin(backups, attempts, name, request, here)
    else:
        verdict = beside_progress(
            found,
            ours=made_by(found, attempts.maker()),
            target=tried[-1],
            started_at=attempts.begun(),
            budget=here.plan.budgets.restore,
            now=here.now(),
            poll=here.poll,
        )
    here.tell(incident.id, verdict.sentence)
    return verdict


def _begin(backups: Backups, attempts: Attempts, name: str, request: Request, here: Here) -> Beside:
    """The archive of the log is a little behind: a moment just before the damage may not be in it yet."""
    damaged, target = attempts.damaged(request.database), attempts.all()[-1]
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
    source: dict[str, Any] = backups.describe(damaged)
    backups.restore(source, name, target, attempts.maker())
    sentence = f"{name} is being restored beside {damaged}, to {target}"
    return Beside(status="pending", sentence=sentence, identifier=name, wait_seconds=here.poll)
