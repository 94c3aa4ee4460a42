"""Facts for a restore from replicated backups, used by the gate and the restore itself."""

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
    """Record an operator's request to restore a database as part of a failover."""
    at = signal.restore_to.isoformat() if signal.restore_to else None
    ctx.store.incidents.record_once(
        incident_id, "WISH", signal.database, restore_to=at, latest=signal.latest, snapshot=signal.snapshot
    )


def wish_for(ctx: StepContext, incident_id: str, database: str) -> RestoreRequest | None:
    """The operator's request, or None."""
    note = ctx.store.incidents.read_note(incident_id, "WISH", database)
    if note is None:
        return None
    at = datetime.fromisoformat(note["restore_to"]) if note["restore_to"] else None
    return RestoreRequest(restore_to=at, latest=bool(note["latest"]))


def backups_of(ctx: StepContext, incident: Incident, database: Database) -> Replicated | None:
    """Replicated backups of the lost region's instance."""
    lost = incident.lost_region
    return Backups(ctx.region).replicated(lambda name: database.lives_in(name, lost), lost)


def replica_facts(ctx: StepContext, incident: Incident, database: Database, instance: Instance | None) -> ReplicaFacts:
    """Check the replica's integrity; look up the backups only if there is a reason to restore: no replica is one."""
    wish = wish_for(ctx, incident.id, database.name)
    if not database.has_replica:
        return ReplicaFacts(wish=wish, backups=backups_of(ctx, incident, database))
    faults = _faults(ctx, database) if instance is not None else []
    if wish is None and not faults and not replica_blockers(database, instance, incident):
        return ReplicaFacts()
    good = last_good(ctx.store.databases.runs(database.name, ctx.now()))
    backups = backups_of(ctx, incident, database)
    return ReplicaFacts(faults=faults, good_at=good.at if good else None, wish=wish, backups=backups)


def promoted(ctx: StepContext, incident: Incident, database: Database) -> str:
    """The instance that serves users after this incident: the plan's replica, or the restored one."""
    note = ctx.store.incidents.read_note(incident.id, "POINTED", database.name)
    return database.instance_in(ctx.region) if note is None else str(note["instance"])


def _faults(ctx: StepContext, database: Database) -> list[str]:
    """A replica that cannot be queried has no faults here: the gate handles that case."""
    if not database.integrity:
        return []
    evidence = ask_integrity(ctx, database.name)
    if evidence is None or evidence.at is None:
        return []
    return wrong_answers(database.integrity, evidence.readings, ctx.store.databases.baseline(database.name))
