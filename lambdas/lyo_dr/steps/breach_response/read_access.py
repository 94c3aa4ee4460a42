"""ReadAccess: sessions and privileges of the application's users. SQL and one secret only."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.privileges import read_access
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import step
from lyo_dr.model.breach import Access
from lyo_dr.services.common.sql_login import own_login


class Request(msgspec.Struct, frozen=True):
    """The database's name in the plan."""

    database: str


@step("ReadAccess", Request)
def handler(request: Request, ctx: StepContext) -> Access:
    """No response is a result, too: then all tables count as readable."""
    name = request.database
    login = own_login(ctx, name)
    try:
        with connected(login, ctx.plan.timing.sql_timeout.total_seconds()) as postgres:
            return read_access(postgres, name, ctx.plan.database(name).app_roles)
    except DatabaseUnreachable as silence:
        return Access(database=name, error=str(silence))
