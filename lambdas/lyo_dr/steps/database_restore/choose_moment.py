"""ChooseMoment: to which moment the database goes back, and by what evidence; before anything is stopped."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.decisions.moment import choose_moment, held_for_a_person
from lyo_dr.decisions.search import to_search
from lyo_dr.decisions.taking_up import done_before, go_on
from lyo_dr.doorman import Here, step
from lyo_dr.guard import containing
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.restore import Evidence, Moment, Wish
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.taking_up import take_up, to_take_up


class Request(msgspec.Struct, frozen=True):
    """The incident, what an operator wants, and what the database says."""

    incident: Incident
    signal: Signal
    evidence: Evidence


@step("ChooseMoment", Request)
@containing
def handler(request: Request, here: Here) -> Moment:
    """A chosen moment is written down as the first attempt, and opens the gate of this incident."""
    incident, signal = request.incident, request.signal
    database = here.plan.database(signal.database)
    former = to_take_up(here, incident.id, database.name)
    instance = (
        Attempts(here, former).damaged(database.name)
        if former
        else here.databases.instance(database.name, database.instances[here.region])
    )
    verdict = _choose(request, instance, former, here)
    if signal.source != "operator" and database.restore.start != "automatic":
        verdict = held_for_a_person(verdict)
    if verdict.target is not None:
        take_up(here, incident.id, database.name, former)
        attempts = Attempts(here, incident.id)
        tried = attempts.all()
        if verdict.target not in tried:
            attempts.add(len(tried) + 1, verdict.target, verdict.search)
        here.incidents.note(incident.id, "DAMAGED", database.name, instance=instance)
        here.incidents.set(incident.id, gate="open", restored_to=str(verdict.target))
    here.tell(incident.id, verdict.sentence)
    return verdict


def _choose(request: Request, instance: str, former: str | None, here: Here) -> Moment:
    signal, backups = request.signal, Backups(here.region)
    database, runs = here.plan.database(signal.database), here.databases.runs(signal.database, here.now())
    if former and backups.find(instance) is None:
        return done_before(former, instance)
    wish = Wish(restore_to=signal.restore_to, latest=signal.latest, snapshot=signal.snapshot)
    verdict = choose_moment(
        wish,
        evidence=request.evidence,
        runs=runs,
        window=backups.window(instance),
        snapshots=backups.snapshots(instance),
        now=here.now(),
    )
    if former:
        attempts = Attempts(here, former)
        return go_on(wish, verdict, tried=attempts.all(), search=attempts.open_search(), former=former)
    return to_search(verdict, wish, database.integrity, request.evidence, runs, database.restore)
