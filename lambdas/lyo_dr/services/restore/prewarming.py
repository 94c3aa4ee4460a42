"""Prewarming a restored instance: its tables are read before they are judged, and before users wait for them."""

from __future__ import annotations

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.prewarm import OWN_TABLES, read_table
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.restore import NewInstance
from lyo_dr.model.tables.names import parse_table
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.sql_login import own_login_at


def prewarm(ctx: StepContext, name: str, beside: NewInstance) -> Progress:
    """This product's own tables first, then those of the plan in its order, within ``warm_budget``. Never fails.

    A table that is not read in time is no reason to stop: it is read while it is used.
    """
    database, began = ctx.plan.database(name), ctx.now()
    budget, longest = database.restore.warm_budget, ctx.plan.timing.cold_sql_timeout.total_seconds()
    if not budget:
        return Progress(status="ready", sentence="no tables, as planned")

    def left() -> float:
        return (began + budget - ctx.now()).total_seconds()

    tables = [(name, parse_table(name)) for name in OWN_TABLES]
    tables += [(table.name, table.place) for table in database.tables]
    try:
        with connected(own_login_at(ctx, name, beside), longest + 5.0) as postgres:
            told = [read_table(postgres, place, name, left, longest) for name, place in tables]
    except DatabaseUnreachable as silence:
        told = [f"tables were not prewarmed: {silence}"]
    return Progress(status="ready", sentence=", ".join(told))
