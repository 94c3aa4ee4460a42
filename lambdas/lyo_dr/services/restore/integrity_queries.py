"""Running the plan's integrity queries on a database or a restored instance, by the SQL functions."""

from __future__ import annotations

import pg8000.exceptions

from lyo_dr.adapters.sql.catalogue import read_shape
from lyo_dr.adapters.sql.integrity import read_integrity
from lyo_dr.adapters.sql.postgres import Postgres, connected
from lyo_dr.adapters.sql.wal_replay import read_replay_within
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.table_shape import unfit
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.plan import Table
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
            unfit = _unfit(postgres, ctx.plan.database(name).tables)
    except DatabaseUnreachable as silence:
        return DatabaseEvidence(database=name, error=str(silence))
    return DatabaseEvidence(database=name, at=at, lsn=lsn, readings=readings, unfit=unfit)


def _unfit(postgres: Postgres, tables: list[Table]) -> list[str]:
    """What the catalogue has against tables of the plan; what it does not say in time takes no answer away."""
    found: list[str] = []
    for table in tables:
        try:
            why = unfit(table, read_shape(postgres, table))
        except (pg8000.exceptions.Error, OSError):
            return found
        found += [why] if why else []
    return found


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
