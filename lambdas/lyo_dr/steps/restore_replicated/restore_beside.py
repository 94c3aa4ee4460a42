"""RestoreBeside: a new instance beside the replica, with its settings, from backups replicated to this region."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.backups import Backups, made_by
from lyo_dr.decisions.restoring import beside_progress
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database
from lyo_dr.model.restore import Beside
from lyo_dr.steps.attempts import Attempts
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
    attempts, backups = Attempts(here, incident.id, database.name), Backups(here.region)
    tried, planned = attempts.all(), database.instances[here.region]
    name = here.names.restored(planned, incident.id, len(tried))
    found = backups.find(name)
    if found is None:
        verdict = _begin(backups, attempts, name, database, incident, here)
    else:
        verdict = beside_progress(
            found,
            ours=made_by(found, incident.id),
            target=tried[-1],
            started_at=attempts.begun(),
            budget=here.plan.budgets.restore,
            now=here.now(),
            poll=here.poll,
        )
    here.tell(incident.id, verdict.sentence)
    return verdict


def _begin(
    backups: Backups, attempts: Attempts, name: str, database: Database, incident: Incident, here: Here
) -> Beside:
    """With the settings of the replica, or with those it had when it was last seen."""
    kept, target = backups_of(here, incident, database), attempts.all()[-1]
    like = backups.find(database.instances[here.region]) or here.databases.settings(database.name)
    if kept is None or not like:
        missing = "no backups are replicated here" if kept is None else "nobody has ever seen the replica's settings"
        return Beside(status="broken", sentence=f"{name} cannot be restored: {missing}", identifier=name)
    backups.restore_replicated(kept.arn, like, name, target, incident.id)
    sentence = f"{name} is being restored in {here.region} from replicated backups, to {target}"
    return Beside(status="pending", sentence=sentence, identifier=name, wait_seconds=here.poll)
