"""RestoreBeside: a new instance beside the replica, with its settings, from backups replicated to this region."""

from __future__ import annotations

from functools import partial

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database
from lyo_dr.model.restore import Beside, Target
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.beside import advance
from lyo_dr.steps.replicated import backups_of


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("RestoreBeside", Request)
@guard
def handler(request: Request, here: Here) -> Beside:
    """Called again until the instance is available: what this incident has made already is adopted."""
    incident, database = request.incident, here.plan.database(request.database)
    attempts = Attempts(here, incident.id, database.name)
    begin = partial(_begin, here, incident, database)
    return advance(here, incident, attempts, database.instances[here.region], begin)


def _begin(here: Here, incident: Incident, database: Database, name: str, target: Target) -> Beside:
    """With the settings of the replica, or with those it had when it was last seen."""
    kept, backups = backups_of(here, incident, database), Backups(here.region)
    like = backups.find(database.instances[here.region]) or here.databases.settings(database.name)
    if kept is None or not like:
        missing = "no backups are replicated here" if kept is None else "nobody has ever seen the replica's settings"
        return Beside(status="broken", sentence=f"{name} cannot be restored: {missing}", identifier=name)
    backups.restore_replicated(kept.arn, like, name, target, incident.id)
    sentence = f"{name} is being restored in {here.region} from replicated backups, to {target}"
    return Beside(status="pending", sentence=sentence, identifier=name, wait_seconds=here.poll)
