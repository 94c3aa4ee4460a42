"""The statements that book into a table: the app's own, or any other, made of what its catalogue says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from drills.booking_app.served import Served

_COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod), t.typcategory, a.attnotnull, a.atthasdef or a.attidentity <> '',
       f.schema, f.name, f.attname
from pg_attribute a
join pg_type t on t.oid = a.atttypid
left join lateral (
    select n.nspname as schema, r.relname as name, ra.attname
    from pg_constraint c
    join pg_class r on r.oid = c.confrelid
    join pg_namespace n on n.oid = r.relnamespace
    join pg_attribute ra on ra.attrelid = c.confrelid and ra.attnum = c.confkey[array_position(c.conkey, a.attnum)]
    where c.conrelid = a.attrelid and c.contype = 'f' and a.attnum = any(c.conkey)
    limit 1
) f on true
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum
"""
_VALUES = {
    "S": "%(customer)s::text || ' ' || %(id)s::text",
    "N": "1",
    "B": "false",
    "D": "clock_timestamp()",
    "T": "interval '1 hour'",
    "A": "'{}'",
    "I": "'127.0.0.1'",
}
"""By category of type (PostgreSQL manual, pg_type: typcategory), what a column that must not be null gets."""
_BY_TYPE = {"uuid": "gen_random_uuid()", "json": "'{}'", "jsonb": "'{}'", "bytea": "'\\x00'"}


class UnfitTable(Exception):
    """Nothing can be booked into the table; the message is a sentence."""


@dataclass(frozen=True)
class Statements:
    """Both take ``id``, ``customer`` and ``slot``; ``select`` returns id, customer, slot and time."""

    insert: Any
    select: Any


OWN = Statements(
    insert="insert into lyo_appointments (id, customer, slot) values (%(id)s, %(customer)s, %(slot)s) "
    "on conflict (id) do nothing",
    select="select id, customer, slot, created_at from lyo_appointments where id = %(id)s",
)


def statements(connection: psycopg.Connection[Any], served: Served) -> Statements:
    """Ask the catalogue, and write by the key of the plan. Raises psycopg.Error, UnfitTable."""
    if served.demonstration:
        return OWN
    table = sql.Identifier(served.schema, served.table)
    columns = connection.execute(_COLUMNS, [table.as_string()]).fetchall()
    if served.id not in {column[0] for column in columns}:
        raise UnfitTable(f"{served.table} has no column {served.id}")
    given = [(column[0], value) for column in columns if (value := _value(column, served))]
    time = sql.Identifier(served.time) if served.time else sql.SQL("null::timestamptz")
    kind = next(str(column[1]) for column in columns if column[0] == served.id)
    insert = sql.SQL("insert into {} ({}) values ({}) on conflict ({}) do nothing").format(
        table,
        sql.SQL(", ").join(sql.Identifier(name) for name, _ in given),
        sql.SQL(", ").join(value for _, value in given),
        sql.SQL(", ").join(map(sql.Identifier, served.keys)),
    )
    select = sql.SQL("select {0}, '', '', {1} from {2} where {0} = %(id)s::{3}").format(
        sql.Identifier(served.id),
        time,
        table,
        sql.SQL(kind),
    )
    return Statements(insert, select)


def _value(column: tuple[Any, ...], served: Served) -> sql.Composable | None:
    """The value of one column; None for one that is left to its default, or to be null."""
    name, kind, category, required, has_default, schema, table, other = column
    if name == served.id:
        return sql.SQL("%(id)s::" + kind)
    if has_default or not (required or name in served.keys):
        return None
    if other is not None:
        return sql.SQL("(select {0} from {1} order by {0} limit 1)").format(
            sql.Identifier(other), sql.Identifier(schema, table)
        )
    if category == "E":
        return sql.SQL(f"enum_first(null::{kind})")
    value = _BY_TYPE.get(kind, _VALUES.get(category))
    if value is None:
        raise UnfitTable(f"{served.table}.{name} is {kind}, and has no default")
    return sql.SQL(f"({value})::{kind}")
