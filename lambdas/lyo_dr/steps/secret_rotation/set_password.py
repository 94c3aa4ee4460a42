"""SetPassword: the password of one staged version becomes its user's. SQL and two secrets, nothing else."""

from __future__ import annotations

import secrets

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.scram import verifier
from lyo_dr.handler import step
from lyo_dr.model.rotation import Rekeyed
from lyo_dr.services.common.application_login import login_in
from lyo_dr.services.common.sql_login import own_login


class Request(msgspec.Struct, frozen=True):
    """Ids only: the function reads the version itself."""

    secret: str
    database: str
    version: str
    compared_with: str
    epoch: int


@step("SetPassword", Request)
def handler(request: Request, ctx: StepContext) -> Rekeyed:
    """A user with fewer rights than the one in use is left alone: the application would fail on it."""
    login = login_in(ctx.plan, request.secret, request.database, ctx.region, request.version)
    with connected(own_login(ctx, request.database), ctx.plan.timing.call_timeout.total_seconds()) as postgres:
        missing = postgres.missing_rights(of=login.user, compared_with=request.compared_with)
        if missing:
            return Rekeyed(done=False, reason=f"it lacks privileges of {request.compared_with}: {', '.join(missing)}")
        said = postgres.set_app_password(login.user, verifier(login.password, secrets.token_bytes(16)), request.epoch)
    return Rekeyed(done=said == "set", reason=said)
