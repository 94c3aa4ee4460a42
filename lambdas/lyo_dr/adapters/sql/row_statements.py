"""The statements of a replay: rows as texts of the table's own type, inserted or put over the version compared."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.adapters.sql.table_text import TableText
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Entry
from lyo_dr.model.tables.names import quoted

_COLUMNS = """
select attname::text, attidentity = 'a' from pg_attribute
where attrelid = to_regclass(:table) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
"""
_TRIGGERED = """
select exists (select from pg_trigger where tgrelid = to_regclass(:table) and not tgisinternal and tgenabled <> 'D'
               and (tgtype & 3) = 3)
"""
"""A trigger of the application before each row: bits 0 (row) and 1 (before) of ``tgtype`` (pg_trigger.h)."""


class RowStatements:
    """Writes entries of one table, and says how each row reads then."""

    def __init__(self, postgres: Postgres, table: Table) -> None:
        self._postgres, self._table, self._text = postgres, table, TableText(table)
        found = postgres.rows(_COLUMNS, table=self._text.name)
        self._insertable = [str(row[0]) for row in found]
        self._settable = [str(name) for name, always in found if not always and name not in table.keys]
        self.triggered = bool(postgres.rows(_TRIGGERED, table=self._text.name)[0][0])
        """Whether the table changes rows before it writes them."""
        self.shift = dict[str, str]()
        """Columns of time that are given as another time, by how much."""

    def insert(self, entries: list[Entry], *, overwrite: bool) -> list[tuple[str, str]]:
        """Key and text of each row that was not there, or with ``overwrite`` was another one."""
        if not entries:
            return []
        columns = ", ".join(map(quoted, self._insertable))
        values = ", ".join(map(self._value, self._insertable))
        on_conflict = self._overwrite() if overwrite else "do nothing"
        return self._written(
            entries,
            f"insert into {self._text.name} as _lyo_row ({columns}) overriding system value "  # noqa: S608
            f"select {values} from {self.given()} on conflict {on_conflict}",
        )

    def _overwrite(self) -> str:
        """A row that is the same already is not written again."""
        if not self._settable:
            return "do nothing"
        keys = ", ".join(map(quoted, self._table.keys))
        sets = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in self._settable)
        mine = ", ".join(f"_lyo_row.{quoted(name)}::text" for name in self._settable)
        theirs = ", ".join(f"excluded.{quoted(name)}::text" for name in self._settable)
        return f"({keys}) do update set {sets} where row({mine}) is distinct from row({theirs})"

    def update(self, entries: list[Entry]) -> list[tuple[str, str]]:
        """Key and text of each row that still was the version compared."""
        if not entries or not self._settable:
            return []
        sets = ", ".join(f"{quoted(name)} = {self._value(name)}" for name in self._settable)
        same = " and ".join(f"_lyo_row.{quoted(key)} = (u.g).{quoted(key)}" for key in self._table.keys)
        return self._written(
            entries,
            f"update {self._text.name} _lyo_row set {sets} from {self.given()} "  # noqa: S608
            f"where {same} and _lyo_row.xmin::text = u.version",
        )

    def given(self) -> str:
        """A relation ``u`` of the parameter ``rows``: each row as ``g``, and the version it was compared with."""
        return (
            f"(select cast(e ->> 0 as {self._text.name}) as g, e ->> 1 as version "  # noqa: S608
            "from json_array_elements(cast(:rows as json)) e offset 0) u"
        )

    def _value(self, name: str) -> str:
        column = f"(u.g).{quoted(name)}"
        by = self.shift.get(name)
        return column if by is None else f"coalesce({column}, clock_timestamp()) + interval '{by}'"

    def _written(self, entries: list[Entry], statement: str) -> list[tuple[str, str]]:
        returning = f"returning {self._text.key_of('_lyo_row')}, _lyo_row::text"
        found = self._postgres.rows(f"{statement} {returning}", rows=as_parameter(entries))
        return [(str(key), str(text)) for key, text in found]


def as_parameter(entries: Iterable[Entry]) -> str:
    """Texts within JSON: what stands in them is not JSON."""
    return json.dumps([[entry.row, entry.version] for entry in entries])
