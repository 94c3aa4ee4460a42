"""What a restore from replicated backups needs to know, gathered for the gate and for the restore itself."""

from __future__ import annotations

from datetime import datetime

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.decisions.gate import replica_blockers
from lyo_dr.decisions.integrity import last_good, wrong_answers
from lyo_dr.doorman import Here
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.plan import Database
from lyo_dr.model.restore import Wish
from lyo_dr.model.ways import ReplicaFacts, Replicated
from lyo_dr.steps.asking import ask_integrity


def keep_wish(here: Here, incident_id: str, signal: Signal) -> None:
    """An operator who says that a region is lost may also say that a database is to be restored there."""
    at = signal.restore_to.isoformat() if signal.restore_to else None
    here.incidents.note(
        incident_id, "WISH", signal.database, restore_to=at, latest=signal.latest, snapshot=signal.snapshot
    )


def wish_for(here: Here, incident_id: str, database: str) -> Wish | None:
    """What an operator asked for, or None."""
    note = here.incidents.read_note(incident_id, "WISH", database)
    if note is None:
        return None
    at = datetime.fromisoformat(note["restore_to"]) if note["restore_to"] else None
    return Wish(restore_to=at, latest=bool(note["latest"]))


def backups_of(here: Here, incident: Incident, database: Database) -> Replicated | None:
    """What is kept here of the backups of the lost region's instance."""
    lost = incident.lost_region
    return Backups(here.region).replicated(lambda name: database.lives_in(name, lost), lost)


def replica_facts(here: Here, incident: Incident, database: Database, instance: Instance | None) -> ReplicaFacts:
    """The replica is asked for its integrity; the backups are looked for only where something speaks for them."""
    wish = wish_for(here, incident.id, database.name)
    faults = _faults(here, database) if instance is not None else []
    if wish is None and not faults and not replica_blockers(database, instance, incident):
        return ReplicaFacts()
    good = last_good(here.databases.runs(database.name, here.now()))
    backups = backups_of(here, incident, database)
    return ReplicaFacts(faults=faults, good_at=good.at if good else None, wish=wish, backups=backups)


def promoted(here: Here, incident: Incident, database: Database) -> str:
    """The instance this incident leads users to: the replica of the plan, or what was restored in its place."""
    note = here.incidents.read_note(incident.id, "POINTED", database.name)
    return database.instances[here.region] if note is None else str(note["instance"])


def _faults(here: Here, database: Database) -> list[str]:
    """A replica that cannot be asked is not accused: the gate has other words for that."""
    if not database.integrity:
        return []
    evidence = ask_integrity(here, database.name)
    if evidence is None or evidence.at is None:
        return []
    return wrong_answers(database.integrity, evidence.readings, here.databases.baseline(database.name))
