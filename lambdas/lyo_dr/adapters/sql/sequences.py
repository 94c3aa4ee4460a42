"""Sequences that number rows of a table, and moving them on, so that no number is given out twice. Used by a replay."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

import msgspec

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.plan import Table
from lyo_dr.model.tables.names import quoted

_MOST_STEPS = 1_000_000
"""Numbers that are skipped one by one: moving a sequence at once takes a right that applications do not have."""
_WHOLE = ("smallint", "integer", "bigint", "numeric")
_RELATIONS = """
with relations as (
    select to_regclass(:table)::oid as oid union select relid::oid from pg_partition_tree(to_regclass(:table))
), columns as (
    select r.oid as relation, a.attnum, a.attname, format_type(a.atttypid, null) as kind, d.oid as given, a.attidentity
    from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated = ''
)
"""
_SEQUENCES = f"""{_RELATIONS}, used as (
    select c.attname, c.kind, p.refobjid as sequence from columns c join pg_depend p
        on p.classid = 'pg_attrdef'::regclass and p.objid = c.given and p.refclassid = 'pg_class'::regclass
    union select c.attname, c.kind, p.objid from columns c join pg_depend p
        on p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass
        and p.refobjid = c.relation and p.refobjsubid = c.attnum and p.deptype in ('a', 'i')
    union select c.attname, c.kind, s.oid from columns c join pg_class o on o.oid = to_regclass(:table)
        join pg_class s on s.relkind = 'S' and s.relnamespace = o.relnamespace and s.relname in (
            o.relname || '_seq', o.relname || '_' || c.attname || '_seq', 'seq_' || o.relname,
            o.relname || '_sequence', 'hibernate_sequence')
        where c.given is null and c.attidentity = '' and c.attname = any(cast(:keys as text[]))
          and case when s.relkind = 'S' then has_sequence_privilege(s.oid, 'usage, update') end
)
select u.attname::text, u.kind, q.seqrelid::bigint, q.seqrelid::regclass::text, q.seqincrement, q.seqstart,
       q.seqmin, q.seqmax, q.seqcache, has_sequence_privilege(q.seqrelid, 'usage, update'),
       case when has_sequence_privilege(q.seqrelid, 'usage, update, select')
            then pg_sequence_last_value(q.seqrelid::regclass) end
from used u join pg_sequence q on q.seqrelid = u.sequence
"""  # noqa: S608
_BLIND = f"""{_RELATIONS}
select distinct c.attname::text from columns c where c.given is not null and c.kind = any(cast(:whole as text[]))
  and not exists (select from pg_depend p join pg_sequence q on q.seqrelid = p.refobjid
                  where p.classid = 'pg_attrdef'::regclass and p.objid = c.given)
  and (exists (select from pg_depend p where p.classid = 'pg_attrdef'::regclass and p.objid = c.given
               and p.refclassid = 'pg_proc'::regclass)
       or (select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.oid = c.given) ~* 'nextval')
"""  # noqa: S608
_STEP = """
select count(nextval(cast(cast(:sequence as oid) as regclass))) from generate_series(1, cast(:steps as bigint))
"""


class Sequence(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence and the column it numbers. ``last`` is None before its first number."""

    column: str
    kind: str
    oid: int
    name: str
    increment: int
    start: int
    least: int
    most: int
    cache: int
    usable: bool
    last: int | None

    def steps_past(self, numbers: list[Decimal]) -> int:
        """How often it has to move until none of ``numbers`` is still to come; those out of its range never come."""
        within = [number for number in numbers if self.least <= number <= self.most]
        if not within:
            return 0
        last = self.start - self.increment if self.last is None else self.last
        farthest = max(within) if self.increment > 0 else min(within)
        return max(0, int(((farthest - last) / self.increment).to_integral_value(ROUND_CEILING)))


def sequences_of(postgres: Postgres, table: Table) -> list[Sequence]:
    """Those a default, an identity or their owner names, shared ones too.

    And where a key has no default at all, those that frameworks call by the table's name and the application may use.
    """
    found = postgres.rows(_SEQUENCES, table=table.place.sql, keys=list(table.keys))
    return [
        msgspec.convert(dict(zip(Sequence.__struct_fields__, row, strict=True)), Sequence, strict=False)
        for row in found
    ]


def blocked(postgres: Postgres, table: Table, given: str, **values: str) -> str:
    """Move each sequence past the numbers in ``given``, a relation ``u`` with the new rows as ``g``.

    Empty, or why nothing may be written: a number that is written must not be given out again.
    """
    blind = postgres.rows(_BLIND, table=table.place.sql, whole=list(_WHOLE))
    if blind:
        return f"where the numbers of {table.name}.{blind[0][0]} come from is not known: a function hands them out"
    for sequence in sequences_of(postgres, table):
        if why := _advance(postgres, table, sequence, given, values):
            return why
    return ""


def _advance(postgres: Postgres, table: Table, sequence: Sequence, given: str, values: dict[str, str]) -> str:
    name = sequence.name
    if not sequence.usable:
        return f"the application may not use the sequence {name} of {table.name}"
    if sequence.kind not in _WHOLE:
        return f"{table.name}.{sequence.column} is {sequence.kind}, and its numbers come from the sequence {name}"
    if sequence.cache > 1:
        return f"sessions keep {sequence.cache} numbers of the sequence {name} in advance, perhaps those of the rows"
    column = f"cast((u.g).{quoted(sequence.column)} as numeric)"
    bounds = f"{column} between {sequence.least} and {sequence.most}"
    found = postgres.rows(f"select max({column}), min({column}) from {given} where {bounds}", **values)  # noqa: S608
    steps = sequence.steps_past([Decimal(number) for number in found[0] if number is not None])
    if steps > _MOST_STEPS:
        return f"the sequence {name} is {steps} numbers behind the rows of {table.name}; set it by hand (setval)"
    postgres.rows(_STEP, sequence=sequence.oid, steps=steps)
    return ""
