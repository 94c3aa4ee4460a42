"""WarmTables: prewarm the plan's tables before users are served, within a budget. SQL only; never fails a restore."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.prewarm import read_table
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import step
from lyo_dr.model.restore import NewInstance
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.sql_login import own_login_at


class Request(msgspec.Struct, frozen=True):
    """The database, and where the restored instance is."""

    database: str
    beside: NewInstance


@step("WarmTables", Request)
def handler(request: Request, ctx: StepContext) -> Progress:
    """In the order of the plan. What it says is put on the timeline by PointSecrets, which has the table."""
    name, beside, ends = request.database, request.beside, ctx.now()
    database = ctx.plan.database(name)
    ends += database.restore.warm_budget
    try:
        with connected(own_login_at(ctx, name, beside), ctx.plan.timing.sql_timeout.total_seconds()) as postgres:
            told = [read_table(postgres, table.name, lambda: ctx.now() >= ends) for table in database.tables]
    except DatabaseUnreachable as silence:
        told = [f"tables were not prewarmed: {silence}"]
    return Progress(status="ready", sentence=", ".join(told) or "the plan names no tables to prewarm")
