"""ChooseRecoveryPoint: the recovery point, within the backups replicated to this region."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.integrity import wrong_answers
from lyo_dr.decisions.restore.dead_instance import with_loss
from lyo_dr.decisions.restore.recovery_point import choose_recovery_point
from lyo_dr.decisions.restore.replicated_backups import as_far_as_replicated, within_replicated, without_a_wish
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import DatabaseEvidence, RecoveryPoint
from lyo_dr.services.failover.replicated_backups import backups_of, wish_for
from lyo_dr.services.restore.attempts import Attempts


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and what its replica says."""

    incident: Incident
    database: str
    evidence: DatabaseEvidence


@step("ChooseRecoveryPoint", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> RecoveryPoint:
    """An operator's wish, the evidence where the replica is damaged, else the latest there is."""
    incident, database = request.incident, ctx.plan.database(request.database)
    backups = backups_of(ctx, incident, database)
    if backups is None:
        return RecoveryPoint(status="refused", sentence=f"No backups of {database.name} are replicated to {ctx.region}")
    runs, evidence = ctx.store.databases.runs(database.name, ctx.now()), request.evidence
    baseline = ctx.store.databases.baseline(database.name)
    faults = wrong_answers(database.integrity, evidence.readings, baseline) if evidence.error is None else []
    wish = wish_for(ctx, incident.id, database.name) or without_a_wish(faults, runs, replica=database.has_replica)
    wish = as_far_as_replicated(wish, backups.window)
    verdict = choose_recovery_point(
        wish, evidence=evidence, runs=runs, window=backups.window, snapshots=[], now=ctx.now()
    )
    verdict = with_loss(within_replicated(verdict, backups.window), outage_start=incident.outage_start)
    if verdict.target is not None:
        Attempts(ctx, incident.id, database.name).add(1, verdict.target)
        ctx.store.incidents.set(incident.id, restored_to=str(verdict.target))
    ctx.record(incident.id, verdict.sentence)
    return verdict
