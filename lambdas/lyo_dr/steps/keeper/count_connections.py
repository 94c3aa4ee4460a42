"""Number of the application's sessions in one database. SQL only; called by WatchDatabases and triage."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import step
from lyo_dr.model.instance import ConnectionCount
from lyo_dr.services.common.sql_login import own_login

_SESSIONS = """
select count(*) from pg_stat_activity
where case when cardinality(cast(:roles as text[])) > 0 then usename::text = any(cast(:roles as text[]))
      else usename <> current_user and usename::text not like 'rds%' end
"""
"""By user only: without pg_monitor other sessions show nothing else (PostgreSQL manual, "pg_stat_activity")."""


class Request(msgspec.Struct, frozen=True):
    """The database's name in the plan."""

    database: str


@step("CountConnections", Request)
def handler(request: Request, ctx: StepContext) -> ConnectionCount:
    """One bounded attempt: silence and refusal are answers, too, and told apart by the SQLSTATE."""
    name, roles = request.database, ctx.plan.database(request.database).app_roles
    login = own_login(ctx, name)
    try:
        with connected(login, ctx.plan.timing.call_timeout.total_seconds()) as postgres:
            sessions = int(postgres.rows(_SESSIONS, roles=roles)[0][0])
    except DatabaseUnreachable as silence:
        return ConnectionCount(database=name, error=str(silence), state=silence.state)
    return ConnectionCount(database=name, app=sessions)
