"""FindRows: which of these keys are in the database of this region? SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.recent_rows import find_rows
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.services.common.sql_login import own_login

_SECONDS = 20.0


class Request(msgspec.Struct, frozen=True):
    """A table of the plan, and keys as text."""

    database: str
    table: str
    keys: list[str]


@step("FindRows", Request)
def handler(request: Request, ctx: StepContext) -> list[str]:
    """Raises KeyError for a table the plan does not name, DatabaseUnreachable."""
    table = {table.name: table for table in ctx.plan.database(request.database).tables}[request.table]
    login = own_login(ctx, request.database)
    with connected(login, _SECONDS) as postgres:
        return find_rows(postgres, table, request.keys)
