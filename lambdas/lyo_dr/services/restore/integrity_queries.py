"""Running the plan's integrity queries on a database or a restored instance, by the SQL functions."""

from __future__ import annotations

from lyo_dr.adapters.sql.catalogue import read_shapes
from lyo_dr.adapters.sql.integrity import read_integrity
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.wal_replay import read_replay_within
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.table_shape import unfit
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.restore import DatabaseEvidence, NewInstance
from lyo_dr.services.common.sql_login import own_login, own_login_at

_MARGIN_SECONDS = 5.0
"""So that the server cancels a slow query before the connection is given up."""


def ask_present(ctx: StepContext, name: str) -> DatabaseEvidence:
    """Query the database's current instance. The caller evaluates a missing response."""
    login = own_login(ctx, name)
    try:
        with connected(login, ctx.plan.timing.sql_timeout.total_seconds()) as postgres:
            at, lsn, readings = read_integrity(postgres, ctx.plan.database(name).integrity)
            shapes = read_shapes(postgres, ctx.plan.database(name).tables)
    except DatabaseUnreachable as silence:
        return DatabaseEvidence(database=name, error=str(silence))
    found = [why for table, shape in shapes if (why := unfit(table, shape)) is not None]
    return DatabaseEvidence(database=name, at=at, lsn=lsn, readings=readings, unfit=found)


def ask_restored(ctx: StepContext, name: str, beside: NewInstance) -> DatabaseEvidence:
    """Query a restored instance, for one round of ``timing.cold_sql_timeout``, connecting included.

    Its volume is loaded while it is read: what finds no time now is asked again by the caller, who finds more of it
    loaded, and no missing answer is a fault.
    """
    login, seconds = own_login_at(ctx, name, beside), ctx.plan.timing.cold_sql_timeout.total_seconds()
    began = ctx.now()

    def left() -> float:
        return seconds - (ctx.now() - began).total_seconds()

    try:
        with connected(login, seconds + _MARGIN_SECONDS) as postgres:
            at, lsn, readings = read_integrity(postgres, ctx.plan.database(name).integrity, left)
            replay = read_replay_within(postgres, max(1.0, left()))
    except DatabaseUnreachable as silence:
        return DatabaseEvidence(database=name, error=str(silence))
    return DatabaseEvidence(database=name, at=at, lsn=lsn, readings=readings, replay=replay)
