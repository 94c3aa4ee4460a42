"""PromoteReplica: the irreversible call, idempotent per incident and database."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.promotion import adopted, may_promote
from lyo_dr.errors import WrongState
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database
from lyo_dr.model.verdict import Progress


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when its promotion began."""

    incident: Incident
    database: str
    started_at: datetime


@step("PromoteReplica", Request, timeline=True, stage="promotion")
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """``ready`` once the promotion is started, by this run or by an earlier one that crashed."""
    incident, database = request.incident, ctx.plan.database(request.database)
    rds = Rds(ctx.region)
    instance = rds.describe(database.instances[ctx.region])
    note = ctx.store.incidents.read_note(incident.id, "PROMOTION", database.name)
    called_by = incident.id if note is not None else None
    if adopted(instance, called_by, incident.id):
        return Progress(status="ready", sentence=f"{instance.identifier} is already being promoted")
    verdict = may_promote(
        instance, called_by=called_by, deadline=ctx.deadline(request.started_at, ctx.plan.budgets.promotion)
    )
    if verdict.status == "ready":
        verdict = _promote(rds, instance.identifier, database, request, ctx)
    return verdict


def _promote(rds: Rds, identifier: str, database: Database, request: Request, ctx: StepContext) -> Progress:
    """Write the idempotency record first: after a crash right after the call, the retry must find it."""
    ctx.store.incidents.record_once(request.incident.id, "PROMOTION", database.name, called_at=ctx.now().isoformat())
    try:
        rds.promote(identifier, database.backup_retention_days)
    except WrongState as refusal:
        # Between the look and the call it began to back up, or an earlier call of ours took effect: look again.
        return Progress(status="pending", sentence=f"RDS refused for now: {refusal}", wait_seconds=ctx.poll)
    return Progress(status="ready", sentence=f"Promoting {identifier}")
