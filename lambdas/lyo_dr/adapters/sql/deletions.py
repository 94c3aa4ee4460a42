"""Dating a deletion: the rows are gone, so the server's own counters are watched while they are there.

With every heartbeat the counters of the plan's tables (of a partitioned one those of its partitions) are compared with
those of the one before. A jump is written down beside them, in the database itself: whoever looks for the moment of a
damage finds it there, also in a replica.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.plan import Table
from lyo_dr.model.restore import MassChange

_LATE = timedelta(seconds=10)
"""Counters of a session that has just reported others reach the rest so late (PGSTAT_IDLE_INTERVAL of PostgreSQL)."""

_NOTE = """
with now as (
    select w.name, clock_timestamp() as at, sum(s.n_tup_del)::bigint as deleted, sum(s.n_live_tup)::bigint as live,
           sum(s.seq_scan)::bigint as scans, sum(coalesce(s.idx_scan, 0))::bigint as look_ups,
           sum(coalesce(s.idx_tup_fetch, 0))::bigint as looked_up,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest,
           max((to_jsonb(s) ->> 'last_seq_scan')::timestamptz) as scanned,
           max((to_jsonb(s) ->> 'last_idx_scan')::timestamptz) as searched
    from json_to_recordset(cast(:tables as json)) as w(name text, place text)
    cross join lateral (
        select to_regclass(w.place)::oid as relid
        union select relid::oid from pg_partition_tree(to_regclass(w.place))) r
    join pg_stat_user_tables s on s.relid = r.relid
    where not pg_is_in_recovery() group by w.name
), jumped as (
    select n.name, c.at as since, n.at as until, n.deleted - c.deleted as counted, c.live, c.oldest, n.newest, case
        when n.scans = c.scans + 1 and n.looked_up - c.looked_up < n.deleted - c.deleted then n.scanned
        when n.scans = c.scans and n.look_ups = c.look_ups + 1 then n.searched end as found
    from now n join lyo_dr.counter c on c.name = n.name
    where n.deleted - c.deleted >= greatest(10, 0.05 * c.live)
), noticed as (
    insert into lyo_dr.deletion (name, since, until, counted, live, at)
    select j.name, j.since, least(j.until, j.found), j.counted, j.live, (
        select j.found from generate_series(j.oldest, j.newest) as x(id)
        where current_setting('track_commit_timestamp')::boolean
          and pg_xact_commit_timestamp((x.id % 4294967296)::text::xid) = j.found limit 1)
    from jumped j
)
insert into lyo_dr.counter (name, at, deleted, live, scans, look_ups, looked_up, oldest)
select name, at, deleted, live, scans, look_ups, looked_up, oldest from now
on conflict (name) do update set at = excluded.at, deleted = excluded.deleted, live = excluded.live,
    scans = excluded.scans, look_ups = excluded.look_ups, looked_up = excluded.looked_up, oldest = excluded.oldest
"""


def note_deletions(postgres: Postgres, tables: list[Table]) -> bool:
    """Compare the counters with those of the last look; False where the database was onboarded without the tables."""
    if not tables:
        return False
    try:
        named = [{"name": table.place.short_key, "place": table.place.sql} for table in tables]
        postgres.rows(_NOTE, tables=json.dumps(named))
    except pg8000.exceptions.DatabaseError:
        return False
    return True


def read_deletions(postgres: Postgres, tables: list[Table]) -> list[MassChange]:
    """Deletions of much of a table, as they were noticed.

    Where the rows can only have been found by the one scan of the table in between, or by the one search of an index,
    its time (``last_seq_scan``, ``last_idx_scan``, PostgreSQL 16) is the end of the session's last transaction. If a
    transaction that wrote committed right then, it is the deletion. Otherwise the deletion lies between two looks, the
    earlier one moved back by as long as a counter may take.
    """
    names = {table.place.short_key: table.name for table in tables}
    try:
        rows = postgres.rows(
            "select name, since, until, counted, live, at from lyo_dr.deletion "
            "where name = any(cast(:tables as text[])) order by until",
            tables=list(names),
        )
    except pg8000.exceptions.DatabaseError:
        return []
    return [
        MassChange(
            table=names[name],
            at=at or since - _LATE,
            until=None if at else until,
            rows=int(counted),
            of=max(int(live), int(counted)),
            how="deleted",
        )
        for name, since, until, counted, live, at in rows
    ]
