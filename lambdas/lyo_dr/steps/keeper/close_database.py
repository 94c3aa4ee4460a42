"""CloseDatabase: lock the app's users out of a deposed database and end their sessions. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import step
from lyo_dr.model.fence import Closure
from lyo_dr.services.common.sql_login import own_login


class Request(msgspec.Struct, frozen=True):
    """The database, and the epoch under which another region is active."""

    database: str
    epoch: int


@step("CloseDatabase", Request)
def handler(request: Request, ctx: StepContext) -> Closure:
    """The database itself refuses if its own authority is not older than the epoch: it is not deposed."""
    login = own_login(ctx, request.database)
    try:
        with connected(login, ctx.plan.timing.call_timeout.total_seconds()) as postgres:
            return postgres.close_to_app(request.database, request.epoch)
    except DatabaseUnreachable as silence:
        return Closure(database=request.database, closed=False, reason=str(silence))
