"""ListRecentRows: keys of the rows a database was given lately. SQL only; the ids, never what the rows hold."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.recent_rows import recent_rows
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.fence import RecentRows
from lyo_dr.services.common.sql_login import own_login

_SECONDS = 20.0
"""A table without an index on its time is read as a whole."""


class Request(msgspec.Struct, frozen=True):
    """A table of the plan, from when on, and how many at most."""

    database: str
    table: str
    since: datetime
    limit: int


@step("ListRecentRows", Request)
def handler(request: Request, ctx: StepContext) -> RecentRows:
    """Raises KeyError for a table the plan does not name, DatabaseUnreachable."""
    table = {table.name: table for table in ctx.plan.database(request.database).tables}[request.table]
    login = own_login(ctx, request.database)
    with connected(login, _SECONDS) as postgres:
        return recent_rows(postgres, table, request.since, request.limit)
