"""ChooseMoment: to which moment the database goes back, within what is replicated to this region."""

from __future__ import annotations

import msgspec

from lyo_dr.decisions.dead_instance import with_loss
from lyo_dr.decisions.integrity import wrong_answers
from lyo_dr.decisions.moment import choose_moment
from lyo_dr.decisions.replicated import as_far_as_replicated, within_replicated, without_a_wish
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import Evidence, Moment
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.replicated import backups_of, wish_for


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and what its replica says."""

    incident: Incident
    database: str
    evidence: Evidence


@step("ChooseMoment", Request)
@guard
def handler(request: Request, here: Here) -> Moment:
    """An operator's wish, the evidence where the replica is damaged, else the latest there is."""
    incident, database = request.incident, here.plan.database(request.database)
    backups = backups_of(here, incident, database)
    if backups is None:
        return Moment(status="refused", sentence=f"No backups of {database.name} are replicated to {here.region}")
    runs, evidence = here.databases.runs(database.name, here.now()), request.evidence
    faults = wrong_answers(database.integrity, evidence.readings, None) if evidence.error is None else []
    wish = wish_for(here, incident.id, database.name) or without_a_wish(faults, runs)
    wish = as_far_as_replicated(wish, backups.window)
    verdict = choose_moment(wish, evidence=evidence, runs=runs, window=backups.window, snapshots=[], now=here.now())
    verdict = with_loss(within_replicated(verdict, backups.window), outage_start=incident.outage_start)
    if verdict.target is not None:
        Attempts(here, incident.id, database.name).add(1, verdict.target)
        here.incidents.set(incident.id, restored_to=str(verdict.target))
    here.tell(incident.id, verdict.sentence)
    return verdict
