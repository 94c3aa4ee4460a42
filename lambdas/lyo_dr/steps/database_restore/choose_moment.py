"""ChooseMoment: to which moment the database goes back, and by what evidence; before anything is stopped."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.decisions.dead_instance import beyond_rpo, how_to_go_on, wish_of, with_loss
from lyo_dr.decisions.moment import choose_moment, held_for_a_person
from lyo_dr.doorman import Here, step
from lyo_dr.guard import containing
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.restore import Evidence, Moment
from lyo_dr.steps.attempts import Attempts


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
    database, backups = here.plan.database(signal.database), Backups(here.region)
    instance = here.databases.instance(database.name, database.instances[here.region])
    runs = here.databases.runs(database.name, here.now())
    wish = wish_of(signal, runs)
    verdict = choose_moment(
        wish,
        evidence=request.evidence,
        runs=runs,
        window=backups.window(instance),
        snapshots=backups.snapshots(instance),
        now=here.now(),
    )
    verdict = with_loss(verdict, outage_start=incident.outage_start)
    if signal.source != "operator":
        automatic = database.restore.start == "automatic"
        verdict = beyond_rpo(verdict, here.plan.objectives.rpo) if automatic else held_for_a_person(verdict)
        verdict = how_to_go_on(verdict, database.name, wish)
    if verdict.target is not None:
        Attempts(here, incident.id).add(1, verdict.target)
        here.incidents.note(incident.id, "DAMAGED", database.name, instance=instance)
        lost = None if verdict.loss_seconds is None else round(verdict.loss_seconds * 1000)
        cause = "instance" if verdict.target.kind == "latest" else "data"
        here.incidents.set(
            incident.id, gate="open", restored_to=str(verdict.target), cause=cause, predicted_loss_ms=lost
        )
    here.tell(incident.id, verdict.sentence)
    return verdict
