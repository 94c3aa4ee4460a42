"""The tables of a plan that no schema file makes: key, time, and something to write, under the names of the plan."""

from __future__ import annotations

from lyo_dr.model.plan import Database, Table
from lyo_dr.model.tables.names import quoted

_CONTENT = "content"


def creations(database: Database) -> list[str]:
    """Statements that make every table of the plan that is not there yet.

    The first column of a key is a UUID, the others are numbers; every table has a text of its own. What the plan's
    integrity questions read besides, only a schema file can make.
    """
    return [statement for table in database.tables for statement in _creation(table)]


def _creation(table: Table) -> list[str]:
    first, *others = table.keys
    columns = [f"{quoted(first)} uuid default gen_random_uuid()"]
    columns += [f"{quoted(each)} bigint default 1" for each in others if each != table.time]
    if table.time is not None and table.time != first:
        columns.append(f"{quoted(table.time)} timestamptz not null default clock_timestamp()")
    if _CONTENT not in (*table.keys, table.time):
        columns.append(f"{quoted(_CONTENT)} text not null default ''")
    columns.append(f"primary key ({', '.join(map(quoted, table.keys))})")
    return [
        f"create schema if not exists {quoted(table.place.schema)}",
        f"create table if not exists {table.place.sql} ({', '.join(columns)})",
    ]
