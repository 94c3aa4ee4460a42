"""One table of one database in a single snapshot, read in pages. Reads only; used by the SQL functions.

Names of the plan are held to plain SQL names by its rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pg8000.native import identifier

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Row

PAGE = 500
_KEYS = 5000
_COLUMNS = """
select attname::text, format_type(atttypid, atttypmod) from pg_attribute
where attrelid = to_regclass(:table) and attnum > 0 and not attisdropped order by attname
"""


class Still:
    """A table in a transaction that sees one moment and writes nothing. Use it before anything else is asked."""

    def __init__(self, postgres: Postgres, table: Table) -> None:
        self._postgres, self._table = postgres, table
        self._name, self._key = identifier(table.name), identifier(table.key)
        postgres.rows("set timezone = 'UTC'")
        postgres.rows("begin isolation level repeatable read, read only")
        self.dated = postgres.rows("show track_commit_timestamp")[0][0] == "on"
        """Whether the server keeps the times of commits."""

    def columns(self) -> list[str]:
        """Names and types, in the order of the names."""
        return [f"{row[0]} {row[1]}" for row in self._postgres.rows(_COLUMNS, table=self._table.name)]

    def count(self) -> int:
        """How many rows there are."""
        return int(self._postgres.rows(f"select count(*) from {self._name}")[0][0])  # noqa: S608

    def written_since(self, since: datetime) -> Iterator[list[Row]]:
        """Rows committed after a moment; without a record of commits, those whose own time is after it."""
        written = f"pg_xact_commit_timestamp(xmin) > {_literal(since)}"
        if not self.dated:
            written = f"{identifier(self._table.written_at)} > {_literal(since)}"
        yield from self._rows("written", f"{self._rows_of()} where {written}")

    def find(self, keys: list[str]) -> dict[str, Row]:
        """The rows with these keys."""
        kind = self._postgres.rows(
            "select format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = to_regclass(:table) and attname = :column",
            table=self._table.name,
            column=self._table.key,
        )[0][0]
        matching = f"{self._key} = any(cast(cast(:keys as text[]) as {kind}[]))"
        rows = self._postgres.rows(f"{self._rows_of()} where {matching}", keys=keys)
        return {row.key: row for row in map(_row, rows)}

    def keys_until(self, begun: datetime) -> Iterator[list[str]]:
        """Keys of the rows that have not been written since ``begun``."""
        untouched = f"coalesce(pg_xact_commit_timestamp(xmin) <= {_literal(begun)}, true)"
        if not self.dated:
            untouched = f"coalesce({identifier(self._table.written_at)} <= {_literal(begun)}, true)"
        query = f"select {self._key}::text from {self._name} where {untouched}"  # noqa: S608
        for page in self._pages("untouched", query, _KEYS):
            yield [str(row[0]) for row in page]

    def missing(self, keys: list[str]) -> list[str]:
        """Which of these keys are not there."""
        found = set(self._postgres.find_rows(self._table, keys))
        return [key for key in keys if key not in found]

    def _rows_of(self) -> str:
        at = "pg_xact_commit_timestamp(t.xmin)" if self.dated else "null::timestamptz"
        return f"select t.{self._key}::text, row_to_json(t)::text, t.xmin::text, {at} from {self._name} t"  # noqa: S608

    def _rows(self, cursor: str, query: str) -> Iterator[list[Row]]:
        for page in self._pages(cursor, query, PAGE):
            yield [_row(row) for row in page]

    def _pages(self, cursor: str, query: str, size: int) -> Iterator[list[list[Any]]]:
        """The driver keeps a whole answer in memory: a cursor makes many small ones of it."""
        self._postgres.rows(f"declare {cursor} no scroll cursor for {query}")
        while page := self._postgres.rows(f"fetch forward {size} from {cursor}"):
            yield page
        self._postgres.rows(f"close {cursor}")


def _row(found: list[Any]) -> Row:
    return Row(key=str(found[0]), text=str(found[1]), version=str(found[2]), at=found[3])


def _literal(moment: datetime) -> str:
    """A cursor takes no parameters from this driver; a moment of our own is safe to write out."""
    return f"timestamptz '{moment.astimezone(UTC).isoformat(timespec='microseconds')}'"
