"""TryLogin: what does this region's database say to the login in one version? SQL and two secrets, nothing else."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.postgres import try_login
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.rotation import LoginTry
from lyo_dr.services.common.application_login import app_login, login_in


class Request(msgspec.Struct, frozen=True):
    """Ids only: the function reads the version itself."""

    secret: str
    database: str
    version: str


@step("TryLogin", Request)
def handler(request: Request, ctx: StepContext) -> LoginTry:
    """Logs in and leaves."""
    login = login_in(ctx.plan, request.secret, request.database, ctx.region, request.version)
    return try_login(app_login(ctx, request.database, login), ctx.plan.timing.call_timeout.total_seconds())
