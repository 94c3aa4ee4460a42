"""LetAppWrite: make the application's users read-write or read-only. SQL only; the database knows them."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.write_access import let_app_write
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.restore import WritesSet
from lyo_dr.services.common.sql_login import own_login


class Request(msgspec.Struct, frozen=True):
    """The database, whether writing is allowed, and under which epoch that is said."""

    database: str
    allowed: bool
    epoch: int


@step("LetAppWrite", Request)
def handler(request: Request, ctx: StepContext) -> WritesSet:
    """Where our own login leads: to the damaged instance, and once the secrets are pointed to the restored one."""
    roles = ctx.plan.database(request.database).app_roles
    login = own_login(ctx, request.database)
    with connected(login, ctx.plan.timing.sql_timeout.total_seconds()) as postgres:
        return let_app_write(postgres, roles, request.epoch, allowed=request.allowed)
