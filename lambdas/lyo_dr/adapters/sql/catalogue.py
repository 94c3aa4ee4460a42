"""What the catalogue says of a table of the plan: its columns, its unique keys, and what is withheld. Reads only."""

from __future__ import annotations

import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.plan import Table
from lyo_dr.model.tables.shape import TableShape

_TABLE = """
select c.relkind::text, row_security_active(c.oid),
       has_schema_privilege(c.relnamespace, 'usage') and has_table_privilege(c.oid, 'select'),
       c.relkind = 'r' and exists (select from pg_inherits h where h.inhparent = c.oid)
from pg_class c where c.oid = to_regclass(:table)
"""
_COLUMNS = """
select attname::text, attnotnull from pg_attribute
where attrelid = to_regclass(:table) and attnum > 0 and not attisdropped order by attnum
"""
_KEYS = """
select array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality as k(number, place)
             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
             where k.place <= i.indnkeyatts order by k.place)
from pg_index i
where i.indrelid = to_regclass(:table) and i.indisunique and i.indisvalid and i.indimmediate
  and i.indpred is null and i.indexprs is null
order by i.indisprimary desc, i.indnkeyatts, i.indexrelid
"""
_NAMESAKES = """
select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'lyo_dr')
  and lower(c.relname) = lower(:name) order by 1, 2 limit 3
"""


def read_shape(postgres: Postgres, table: Table) -> TableShape:
    """One table, as the user of this connection sees it. Raises pg8000.exceptions.DatabaseError."""
    place = table.place
    found = postgres.rows(_TABLE, table=place.sql)
    if not found:
        namesakes = postgres.rows(_NAMESAKES, name=place.name)
        return TableShape(found=False, namesakes=[f"{schema}.{name}" for schema, name in namesakes])
    kind, hidden, readable, heirs = found[0]
    columns = postgres.rows(_COLUMNS, table=place.sql)
    return TableShape(
        found=True,
        kind=str(kind),
        columns=[str(name) for name, _ in columns],
        nullable=[str(name) for name, never_null in columns if not never_null],
        keys=[[str(column) for column in row[0]] for row in postgres.rows(_KEYS, table=place.sql)],
        hidden=bool(hidden),
        readable=bool(readable),
        heirs=bool(heirs),
    )


def read_shapes(postgres: Postgres, tables: list[Table]) -> list[tuple[Table, TableShape]]:
    """Those of several tables, as far as the server answers: what it does not say in time accuses nobody."""
    found: list[tuple[Table, TableShape]] = []
    try:
        for table in tables:
            found.append((table, read_shape(postgres, table)))
    except (pg8000.exceptions.Error, OSError):
        return found
    return found
