"""RetireUser: set a random, unstored password for the user that is not in use. SQL and two secrets only."""

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
    """The user to retire, and the secret it must not be in."""

    secret: str
    database: str
    user: str
    epoch: int


@step("RetireUser", Request)
def handler(request: Request, ctx: StepContext) -> Rekeyed:
    """The password is forgotten as soon as it is hashed. Sessions end last: none can begin in between."""
    if login_in(ctx.plan, request.secret, request.database, ctx.region, None).user == request.user:
        return Rekeyed(done=False, reason="the application logs in as this user")
    unknown = verifier(secrets.token_urlsafe(48), secrets.token_bytes(16))
    with connected(own_login(ctx, request.database), ctx.plan.timing.call_timeout.total_seconds()) as postgres:
        said = postgres.set_app_password(request.user, unknown, request.epoch)
        ended = postgres.end_sessions_of(request.user, request.epoch) if said == "set" else 0
    return Rekeyed(done=said == "set", reason=said, ended=ended)
