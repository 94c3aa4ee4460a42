"""ApplyProtection: request backups and Multi-AZ as soon as RDS accepts it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.protection import is_asked_for, may_protect
from lyo_dr.errors import WrongState
from lyo_dr.guards import post_close
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.failover.replicated_backups import promoted


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("ApplyProtection", Request, timeline=True, stage="protection")
@post_close
def handler(request: Request, ctx: StepContext) -> Progress:
    """Pending while RDS refuses; idempotent."""
    database, rds = ctx.plan.database(request.database), Rds(ctx.region)
    instance = rds.describe(promoted(ctx, request.incident, database))
    verdict = may_protect(database, instance, deadline=ctx.deadline(request.started_at, ctx.plan.budgets.protection))
    if verdict.status == "ready" and not is_asked_for(database, instance):
        try:
            rds.protect(
                instance.identifier,
                multi_az=database.multi_az or instance.multi_az,
                backup_retention_days=max(database.backup_retention_days, instance.backup_retention_days),
            )
        except WrongState as refusal:
            verdict = Progress(status="pending", sentence=f"RDS refused for now: {refusal}", wait_seconds=ctx.poll)
    return verdict
