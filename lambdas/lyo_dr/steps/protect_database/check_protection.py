"""CheckProtection: does the instance have backups and Multi-AZ?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.protection import protection_progress
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.failover.replicated_backups import promoted


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("CheckProtection", Request, timeline=True, stage="protection")
def handler(request: Request, ctx: StepContext) -> Progress:
    """Reads only."""
    database = ctx.plan.database(request.database)
    return protection_progress(
        database,
        Rds(ctx.region).describe(promoted(ctx, request.incident, database)),
        deadline=ctx.deadline(request.started_at, ctx.plan.budgets.protection),
    )
