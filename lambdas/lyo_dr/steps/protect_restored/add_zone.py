"""AddZone: backups and a second zone for the restored instance, as the plan says."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.protection import is_asked_for, may_protect, protection_progress
from lyo_dr.guards import post_close
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.deadlines import within
from lyo_dr.services.restore.instance_settings import give_settings


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("AddZone", Request, timeline=True, stage="protection")
@post_close
def handler(request: Request, ctx: StepContext) -> Progress:
    """Idempotent; ready when the instance has both. A promoted replica also gets the settings a restore would have."""
    if settings := give_settings(ctx, request.incident.id, request.database):
        return within(False, settings, request.started_at, ctx)
    database, rds = ctx.plan.database(request.database), Rds(ctx.region)
    instance = rds.describe(ctx.store.databases.instance(database.name, database.instance_in(ctx.region)))
    asked = is_asked_for(database, instance)
    judge = protection_progress if asked else may_protect
    verdict = judge(database, instance, ctx.deadline(request.started_at, ctx.plan.budgets.protection))
    if verdict.status == "ready" and not asked:
        rds.protect(
            instance.identifier,
            multi_az=database.multi_az,
            backup_retention_days=max(database.backup_retention_days, instance.backup_retention_days),
        )
        verdict = Progress(status="pending", sentence=verdict.sentence, wait_seconds=ctx.poll)
    return verdict
