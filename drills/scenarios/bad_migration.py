"""A migration that forgets its WHERE: the damage itself, and how many rows carry it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psycopg

from drills.engine.context import DrillContext
from drills.world.own_system import UnfitSystem
from lyo_dr.model.tables.names import quoted

_CANDIDATES = """
select a.attname, format_type(a.atttypid, a.atttypmod), t.typcategory
from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  and t.typcategory in ('S', 'N')
  and not exists (select from pg_constraint c where c.conrelid = a.attrelid and a.attnum = any(c.conkey)
                  and c.contype in ('p', 'u', 'f', 'x'))
order by t.typcategory = 'S', a.attnum
"""
_MARKS = {"S": "'overwritten'", "N": "-1"}


@dataclass
class Damage:
    """The statement that counts the rows that carry the damage of this drill."""

    count: str = "select count(*) from lyo_appointments where customer = ''"


def run(ctx: DrillContext) -> float:
    """Overwrite a column of every row of the drill's table in one transaction; returns the time just before it."""
    if ctx.world.table.sample:
        with ctx.sql(ctx.primary) as connection:
            at = time.time()
            connection.execute("update lyo_appointments set customer = ''")
        return at
    return _overwrite(ctx)


def _overwrite(ctx: DrillContext) -> float:
    """The first column that takes it: numbers come first, because questions about data are mostly about sums."""
    table = ctx.world.table.place.sql
    with ctx.sql(ctx.primary) as connection:
        for name, kind, category in connection.execute(_CANDIDATES, [table]).fetchall():
            if name in ctx.world.table.keys:
                continue
            mark = f"{_MARKS[category]}::{kind}"
            at = time.time()
            try:
                connection.execute(f"update {table} set {quoted(name)} = {mark}".encode())  # noqa: S608
            except psycopg.Error:
                continue  # a check or a domain refuses the value, and the transaction has left nothing
            ctx.state(Damage).count = f"select count(*) from {table} where {quoted(name)} = {mark}"  # noqa: S608
            return at
    raise UnfitSystem(f"no column of {ctx.world.table.place.name} can be overwritten; name another as rehearsal.table")


def told(ctx: DrillContext) -> str:
    """What happened, in a sentence for the screen."""
    if ctx.world.table.sample:
        return "A migration forgets its WHERE: every appointment has lost its customer"
    return f"A migration forgets its WHERE: every row of {ctx.world.table.place.name} is overwritten"


def damaged_rows(ctx: DrillContext, region: str) -> str:
    """Count the damaged rows in the database a region serves its users from."""
    with ctx.sql(region) as connection:
        row = connection.execute(ctx.state(Damage).count.encode()).fetchone()
    return str(row[0] if row else "")
