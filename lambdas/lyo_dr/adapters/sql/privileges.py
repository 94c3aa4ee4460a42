"""What the application's users may do in a database, and which sessions of theirs are open. SQL only."""

from __future__ import annotations

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.breach import Access

_SESSIONS = """
select s.usename::text, count(*) from pg_stat_activity s where s.usename = any(cast(:roles as text[]))
group by 1 order by 1
"""
_TABLES = """
select r.rolname::text, c.oid::regclass::text,
       has_any_column_privilege(r.oid, c.oid, 'select'),
       has_any_column_privilege(r.oid, c.oid, 'insert, update') or has_table_privilege(r.oid, c.oid, 'delete')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
cross join pg_roles r
where r.rolname = any(cast(:roles as text[])) and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname not in ('pg_catalog', 'information_schema', 'lyo_dr')
order by 1, 2
"""


def read_access(postgres: Postgres, database: str, roles: list[str]) -> Access:
    """Open sessions, and the tables each of these users may read or change, one column being enough."""
    rows = postgres.rows(_TABLES, roles=roles)
    return Access(
        database=database,
        sessions={str(row[0]): int(row[1]) for row in postgres.rows(_SESSIONS, roles=roles)},
        readable={role: [str(row[1]) for row in rows if row[0] == role and row[2]] for role in roles},
        writable={role: [str(row[1]) for row in rows if row[0] == role and row[3]] for role in roles},
    )
