"""Running the plan's integrity queries on a database or a restored instance, by the SQL functions."""

from __future__ import annotations

from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.adapters.sql.integrity import read_integrity
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.wal_replay import read_replay
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.restore import DatabaseEvidence, NewInstance
from lyo_dr.services.common.sql_login import own_login, own_login_at


def ask_present(ctx: StepContext, name: str) -> DatabaseEvidence:
    """Query the database's current instance. The caller evaluates a missing response."""
    return _ask(ctx, name, own_login(ctx, name))


def ask_restored(ctx: StepContext, name: str, beside: NewInstance) -> DatabaseEvidence:
    """Query a restored instance; no response counts as a fault."""
    return _ask(ctx, name, own_login_at(ctx, name, beside), replay=True)


def _ask(ctx: StepContext, name: str, login: SqlLogin, *, replay: bool = False) -> DatabaseEvidence:
    try:
        with connected(login, ctx.plan.timing.sql_timeout.total_seconds()) as postgres:
            at, lsn, readings = read_integrity(postgres, ctx.plan.database(name).integrity)
            replayed = read_replay(postgres) if replay else None
    except DatabaseUnreachable as silence:
        return DatabaseEvidence(database=name, error=str(silence))
    return DatabaseEvidence(database=name, at=at, lsn=lsn, readings=readings, replay=replayed)
