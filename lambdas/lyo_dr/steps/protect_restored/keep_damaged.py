"""KeepDamaged: the damaged instance is put aside under another name, for whoever looks for what was in it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.decisions.reprotection import keep_next
from lyo_dr.doorman import Here, step
from lyo_dr.guard import aftercare
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.waiting import within


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("KeepDamaged", Request)
@aftercare
def handler(request: Request, here: Here) -> Progress:
    """Nobody deletes it but a person; the sentence says from when on that may be done."""
    incident, database, backups = request.incident, here.plan.database(request.database), Backups(here.region)
    attempts, planned = Attempts(here, incident.id), database.instances[here.region]
    damaged = attempts.damaged(database.name)
    name, evidence = here.names.damaged(planned, incident.id), here.names.evidence(planned, attempts.origin())
    snapshots = {snapshot.identifier: snapshot.status for snapshot in backups.snapshots(damaged)}
    found = backups.find(damaged)
    verdict = keep_next(found, backups.find(name), snapshots.get(evidence), name)
    if verdict.do == "rename":
        backups.rename(damaged, name)
    until = incident.opened_at + timedelta(days=database.restore.keep_damaged_days)
    sentence = verdict.sentence if verdict.do != "nothing" else f"{verdict.sentence}; until {until:%Y-%m-%d} at least"
    here.tell(incident.id, sentence)
    return within(verdict.do == "nothing", sentence, request.started_at, here)
