"""KeepDamaged: rename the damaged instance and keep it, so that its data can still be read."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.reprotection import keep_next
from lyo_dr.guards import post_close
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.deadlines import within


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("KeepDamaged", Request, timeline=True, stage="protection")
@post_close
def handler(request: Request, ctx: StepContext) -> Progress:
    """Only a person deletes it; the sentence says from when on."""
    incident, database, backups = request.incident, ctx.plan.database(request.database), Backups(ctx.region)
    attempts, planned = Attempts(ctx, incident.id), database.instance_in(ctx.region)
    damaged = attempts.damaged(database.name)
    name, evidence = ctx.names.damaged(planned, incident.id), ctx.names.evidence(planned, attempts.origin())
    snapshots = {snapshot.identifier: snapshot.status for snapshot in backups.snapshots(damaged)}
    found = backups.find(damaged)
    verdict = keep_next(found, backups.find(name), snapshots.get(evidence), name)
    if verdict.do == "rename":
        backups.rename(damaged, name)
    until = incident.opened_at + timedelta(days=database.restore.keep_damaged_days)
    kept = f"{verdict.sentence}; keep it until at least {until:%Y-%m-%d}"
    sentence = kept if verdict.do == "nothing" else verdict.sentence
    return within(verdict.do == "nothing", sentence, request.started_at, ctx)
