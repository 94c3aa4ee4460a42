"""Dating a deletion: the rows are gone, so the server's own counters are watched while they are there.

With every heartbeat the counters of the plan's tables are compared with those of the one before. A jump is written
down beside them, in the database itself: whoever looks for the moment of a damage finds it there, also in a replica.
"""

from __future__ import annotations

from datetime import timedelta

import pg8000.exceptions

from lyo_dr.adapters.postgres import Postgres
from lyo_dr.model.plan import Table
from lyo_dr.model.restore import MassChange

_LATE = timedelta(seconds=10)
"""Counters of a session that has just reported others reach the rest so late (PGSTAT_IDLE_INTERVAL of PostgreSQL)."""

_NOTE = """
with now as (
    select w.name, clock_timestamp() as at, s.n_tup_del as deleted, s.seq_scan as scans, s.n_live_tup as live,
           (to_jsonb(s) ->> 'last_seq_scan')::timestamptz as scanned
    from unnest(cast(:tables as text[])) as w(name) join pg_stat_user_tables s on s.relid = to_regclass(w.name)
    where not pg_is_in_recovery()
), noticed as (
    insert into lyo_dr.deletion (name, since, until, counted, live, at)
    select n.name, c.at, n.at, n.deleted - c.deleted, c.live, case n.scans when c.scans + 1 then n.scanned end
    from now n join lyo_dr.counter c on c.name = n.name
    where n.deleted - c.deleted >= greatest(10, 0.05 * c.live)
)
insert into lyo_dr.counter (name, at, deleted, scans, live) select name, at, deleted, scans, live from now
on conflict (name) do update set at = excluded.at, deleted = excluded.deleted, scans = excluded.scans,
    live = excluded.live
"""


def note_deletions(postgres: Postgres, tables: list[Table]) -> bool:
    """Compare the counters with those of the last look; False where the database was onboarded without the tables."""
    if not tables:
        return False
    try:
        postgres.rows(_NOTE, tables=[table.name for table in tables])
    except pg8000.exceptions.DatabaseError:
        return False
    return True


def read_deletions(postgres: Postgres, tables: list[Table]) -> list[MassChange]:
    """Deletions of much of a table, as they were noticed.

    Where the table was read from beginning to end exactly once in between, the end of that transaction is the
    deletion's own (``last_seq_scan``, PostgreSQL 16). Otherwise it lies between two looks, the earlier one moved
    back by as long as a counter may take.
    """
    try:
        rows = postgres.rows(
            "select name, since, until, counted, live, at from lyo_dr.deletion "
            "where name = any(cast(:tables as text[])) order by until",
            tables=[table.name for table in tables],
        )
    except pg8000.exceptions.DatabaseError:
        return []
    return [
        MassChange(
            table=name,
            at=at or since - _LATE,
            until=None if at else until,
            rows=int(counted),
            of=max(int(live), int(counted)),
            how="deleted",
        )
        for name, since, until, counted, live, at in rows
    ]
