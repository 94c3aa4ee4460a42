"""TryLogin: what does this region's database say to the login in one version? SQL and two secrets, nothing else."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.postgres import try_login
from lyo_dr.doorman import Here, step
from lyo_dr.model.rotation import LoginTry
from lyo_dr.steps.rotating import app_login, login_in


class Request(msgspec.Struct, frozen=True):
    """Ids only: the function reads the version itself."""

    secret: str
    database: str
    version: str


@step("TryLogin", Request)
def handler(request: Request, here: Here) -> LoginTry:
    """Logs in and leaves."""
    login = login_in(request.secret, here.region, request.version)
    return try_login(app_login(here, request.database, login), here.plan.timing.call_timeout.total_seconds())
