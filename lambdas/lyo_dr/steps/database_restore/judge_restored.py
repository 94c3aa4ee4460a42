"""JudgeRestored: is the restored data good? If not, what is tried next."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.decisions.integrity import integrity_faults, last_good
from lyo_dr.decisions.moment import next_target
from lyo_dr.decisions.restoring import judge_restored
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import Beside, Evidence, Judgement
from lyo_dr.steps.attempts import Attempts


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, the restored instance, and its answers."""

    incident: Incident
    database: str
    beside: Beside
    restored: Evidence


@step("JudgeRestored", Request)
@guard
def handler(request: Request, here: Here) -> Judgement:
    """Held against the last good run before the moment; the next attempt is written down before it is made."""
    incident, database = request.incident, here.plan.database(request.database)
    attempts, backups = Attempts(here, incident.id), Backups(here.region)
    tried, runs = attempts.all(), here.databases.runs(database.name, here.now())
    answers = request.restored
    faults = [f"it does not answer ({answers.error})"] if answers.error else []
    faults += integrity_faults(database.integrity, answers.readings, last_good(runs, tried[-1].at))
    damaged = attempts.damaged(database.name)
    after = next_target(tried, runs, backups.window(damaged), backups.snapshots(damaged)) if faults else None
    verdict = judge_restored(
        faults,
        name=request.beside.identifier,
        tried=attempts.restores(),
        most=database.restore.max_restores,
        after=after,
    )
    if verdict.target is not None:
        attempts.add(len(tried) + 1, verdict.target)
    here.tell(incident.id, verdict.sentence)
    return verdict
