"""One table of one database in a single snapshot, read in pages. Reads only; used by the SQL functions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.adapters.sql.table_text import TableText, one_form_of_text
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Row

PAGE = 500
_KEYS = 5000


class Still:
    """A table in a transaction that sees one moment and writes nothing. Use it before anything else is asked."""

    def __init__(self, postgres: Postgres, table: Table) -> None:
        self._postgres, self._text = postgres, TableText(table)
        one_form_of_text(postgres)
        postgres.rows("begin isolation level repeatable read, read only")
        self.dated = postgres.rows("show track_commit_timestamp")[0][0] == "on"
        """Whether the server keeps the times of commits."""
        self.keys = table.keys
        self.types = self._text.columns(postgres)
        """Types of the columns by name, in the table's own order: that of the text of its rows."""

    def columns(self) -> list[str]:
        """Names and types, in the same order."""
        return [f"{name} {kind}" for name, kind in self.types.items()]

    def count(self) -> int:
        """How many rows there are."""
        return int(self._postgres.rows(f"select count(*) from {self._text.name}")[0][0])  # noqa: S608

    def written_since(self, since: datetime) -> Iterator[list[Row]]:
        """Rows committed after a moment; without a record of commits, those whose own time is after it."""
        for page in self._pages("written", f"{self._rows_of()} where {self._at()} > {_literal(since)}", PAGE):
            yield [_row(row) for row in page]

    def find(self, keys: list[str]) -> dict[str, Row]:
        """The rows with these keys."""
        text = self._text
        wanted = f"join {text.wanted(self.types)} on {text.is_wanted('_lyo_row')}"
        rows = self._postgres.rows(f"{self._rows_of()} {wanted}", keys=text.given(keys))
        return {row.key: row for row in map(_row, rows)}

    def keys_until(self, begun: datetime) -> Iterator[list[str]]:
        """Keys of the rows that have not been written since ``begun``."""
        untouched = f"coalesce({self._at()} <= {_literal(begun)}, true)"
        query = f"select {self._text.key_of('_lyo_row')} from {self._text.name} _lyo_row where {untouched}"  # noqa: S608
        for page in self._pages("untouched", query, _KEYS):
            yield [str(row[0]) for row in page]

    def missing(self, keys: list[str]) -> list[str]:
        """Which of these keys are not there."""
        text = self._text
        found = self._postgres.rows(
            f"select {text.key_of('_lyo_row')} from {text.name} _lyo_row "  # noqa: S608
            f"join {text.wanted(self.types)} on {text.is_wanted('_lyo_row')}",
            keys=text.given(keys),
        )
        there = {str(row[0]) for row in found}
        return [key for key in keys if key not in there]

    def _at(self) -> str:
        """When a row was written. Raises ValueError where neither the server nor a column says so."""
        if self.dated:
            return "pg_xact_commit_timestamp(_lyo_row.xmin)"
        if self._text.time is None:
            raise ValueError("neither commit timestamps nor a time column say when a row was written")
        return f"_lyo_row.{self._text.time}"

    def _rows_of(self) -> str:
        at = "pg_xact_commit_timestamp(_lyo_row.xmin)" if self.dated else "null::timestamptz"
        columns = f"{self._text.key_of('_lyo_row')}, _lyo_row::text, _lyo_row.xmin::text, {at}"
        return f"select {columns} from {self._text.name} _lyo_row"  # noqa: S608

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
