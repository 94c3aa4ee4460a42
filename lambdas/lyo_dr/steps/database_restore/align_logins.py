"""AlignLogins: set the current passwords again, since the restore brought back old ones. SQL and secrets only."""

from __future__ import annotations

import secrets

import msgspec

from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.adapters.sql.postgres import Postgres, connected, try_login
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.common.scram import verifier
from lyo_dr.decisions.restore.logins import aligned, to_renew, to_retire
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import NewInstance
from lyo_dr.services.common.application_login import logins_to
from lyo_dr.services.common.sql_login import own_login_at


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and where the restored instance is."""

    incident: Incident
    database: str
    beside: NewInstance


class Aligned(msgspec.Struct, frozen=True):
    """What was done, in one sentence, for the timeline."""

    sentence: str


@step("AlignLogins", Request)
def handler(request: Request, ctx: StepContext) -> Aligned:
    """Idempotent; the restored instance is not in use yet, and its volume may be cold.

    Raises DatabaseUnreachable, InvalidSecret.
    """
    seconds = ctx.plan.timing.cold_sql_timeout.total_seconds()
    ours = own_login_at(ctx, request.database, request.beside)
    logins = {login.user: login for login in logins_to(ctx.plan, request.database, ctx.region)}
    tries = {user: try_login(_as(ours, login), seconds) for user, login in logins.items()}
    epoch, roles = request.incident.epoch, ctx.plan.database(request.database).app_roles
    with connected(ours, seconds) as postgres:
        renewed = {user: _set(postgres, user, logins[user].password, epoch) for user in to_renew(tries)}
        retired = {user: _forget(postgres, user, epoch) for user in to_retire(roles, set(logins))}
    return Aligned(aligned(_named(renewed, roles), retired))


def _named(users: dict[str, str], roles: list[str]) -> dict[str, str]:
    """A user the plan does not know may be a part of a password in the wrong place, so it is not quoted."""
    return {user if user in roles else "a user that is no app_role of the plan": said for user, said in users.items()}


def _as(ours: SqlLogin, login: Login) -> SqlLogin:
    return msgspec.structs.replace(ours, username=login.user, password=login.password)


def _set(postgres: Postgres, user: str, password: str, epoch: int) -> str:
    return postgres.set_app_password(user, verifier(password, secrets.token_bytes(16)), epoch)


def _forget(postgres: Postgres, user: str, epoch: int) -> str:
    """Set a random password that is not stored, and end sessions opened with the old one."""
    said = _set(postgres, user, secrets.token_urlsafe(48), epoch)
    if said == "set":
        postgres.end_sessions_of(user, epoch)
    return said
