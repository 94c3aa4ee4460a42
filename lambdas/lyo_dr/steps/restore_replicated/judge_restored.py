"""JudgeRestored: is the restored data good? If not, an earlier moment within what is replicated."""

from __future__ import annotations

import msgspec

from lyo_dr.decisions.integrity import integrity_faults, last_good
from lyo_dr.decisions.moment import next_target
from lyo_dr.decisions.restoring import judge_restored
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import Beside, Evidence, Judgement, Window
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.replicated import backups_of


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, the restored instance, and its answers."""

    incident: Incident
    database: str
    beside: Beside
    restored: Evidence


@step("JudgeRestored", Request)
@guard
def handler(request: Request, here: Here) -> Judgement:
    """Held against this region's own runs, which were asked of the replica."""
    incident, database = request.incident, here.plan.database(request.database)
    attempts, answers = Attempts(here, incident.id, database.name), request.restored
    tried, runs = attempts.all(), here.databases.runs(database.name, here.now())
    faults = [f"it does not answer ({answers.error})"] if answers.error else []
    faults += integrity_faults(database.integrity, answers.readings, last_good(runs, tried[-1].at))
    kept = backups_of(here, incident, database)
    window = kept.window if kept else Window(earliest=None, latest=None)
    verdict = judge_restored(
        faults,
        name=request.beside.identifier,
        tried=len(tried),
        most=database.restore.max_restores,
        after=next_target(tried, runs, window, []) if faults else None,
    )
    if verdict.target is not None:
        attempts.add(len(tried) + 1, verdict.target)
    here.tell(incident.id, verdict.sentence)
    return verdict
