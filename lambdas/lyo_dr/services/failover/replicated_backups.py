"""What a restore from replicated backups needs to know, gathered for the gate and for the restore itself."""

from __future__ import annotations

from datetime import datetime

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.integrity import last_good, wrong_answers
from lyo_dr.decisions.failover.gate import replica_blockers
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.plan import Database
from lyo_dr.model.recovery_method import ReplicaFacts, Replicated
from lyo_dr.model.restore import RestoreRequest
from lyo_dr.services.common.sql_functions import ask_integrity


def keep_wish(ctx: StepContext, incident_id: str, signal: Signal) -> None:
    """An operator who says that a region is lost may also say that a database is to be restored there."""
    at = signal.restore_to.isoformat() if signal.restore_to else None
    ctx.store.incidents.record_once(
        incident_id, "WISH", signal.database, restore_to=at, latest=signal.latest, snapshot=signal.snapshot
    )


def wish_for(ctx: StepContext, incident_id: str, database: str) -> RestoreRequest | None:
    """What an operator asked for, or None."""
    note = ctx.store.incidents.read_note(incident_id, "WISH", database)
    if note is None:
        return None
    at = datetime.fromisoformat(note["restore_to"]) if note["restore_to"] else None
    return RestoreRequest(restore_to=at, latest=bool(note["latest"]))


def backups_of(ctx: StepContext, incident: Incident, database: Database) -> Replicated | None:
    """What is kept here of the backups of the lost region's instance."""
    lost = incident.lost_region
    return Backups(ctx.region).replicated(lambda name: database.lives_in(name, lost), lost)


def replica_facts(ctx: StepContext, incident: Incident, database: Database, instance: Instance | None) -> ReplicaFacts:
    """The replica is asked for its integrity; the backups are looked for only where something speaks for them."""
    wish = wish_for(ctx, incident.id, database.name)
    faults = _faults(ctx, database) if instance is not None else []
    if wish is None and not faults and not replica_blockers(database, instance, incident):
        return ReplicaFacts()
    good = last_good(ctx.store.databases.runs(database.name, ctx.now()))
    backups = backups_of(ctx, incident, database)
    return ReplicaFacts(faults=faults, good_at=good.at if good else None, wish=wish, backups=backups)


def promoted(ctx: StepContext, incident: Incident, database: Database) -> str:
    """The instance this incident leads users to: the replica of the plan, or what was restored in its place."""
    note = ctx.store.incidents.read_note(incident.id, "POINTED", database.name)
    return database.instances[ctx.region] if note is None else str(note["instance"])


def _faults(ctx: StepContext, database: Database) -> list[str]:
    """A replica that cannot be asked is not accused: the gate has other words for that."""
    if not database.integrity:
        return []
    evidence = ask_integrity(ctx, database.name)
    if evidence is None or evidence.at is None:
        return []
    return wrong_answers(database.integrity, evidence.readings, ctx.store.databases.baseline(database.name))
