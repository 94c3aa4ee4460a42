"""Prewarming: read tables once, so that users do not wait for lazy loading. Used by the SQL functions.

The volume of a restored instance is filled from its backup while it is used: a block nobody has read yet is fetched
first (RDS user guide, "Restoring to a DB instance": lazy loading).
"""

from __future__ import annotations

from collections.abc import Callable

import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres, state_of
from lyo_dr.model.plurals import counted
from lyo_dr.model.tables.names import TableName, quoted

OWN_TABLES = ("lyo_dr.authority", "lyo_dr.app_role", "lyo_dr.heartbeat", "lyo_dr.proof", "lyo_dr.counter")
"""Few rows each, and read whenever this product writes: passwords, authority, heartbeat, proof."""
_PAGES = 2048
"""Read at once: 16 MB, so that a slow volume answers within the time-out of one question."""
_SIZE = """
with recursive tree (oid) as (
    select to_regclass(:name)::oid union select h.inhrelid from pg_inherits h join tree on h.inhparent = tree.oid
)
select n.nspname::text, c.relname::text, pg_relation_size(c.oid) / cast(current_setting('block_size') as bigint)
from tree join pg_class c on c.oid = tree.oid join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm') order by 1, 2
"""
_CANCELLED = "57014"


def read_table(postgres: Postgres, table: TableName, name: str, left: Callable[[], float], longest: float) -> str:
    """Read a table from its first page to its last while seconds are ``left``; in words, how far it came.

    A partitioned table has no pages of its own: its partitions are read, as many as there are. What took longer than
    ``longest`` seconds is tried again: what it has fetched is there by then.
    """
    work = _Work(postgres, table)
    try:
        while left() > 0 and work.left():
            postgres.limit(min(longest, max(1.0, left())))
            work.advance()
    except pg8000.exceptions.DatabaseError as refusal:
        return f"{name} was not read ({type(refusal).__name__})"
    return work.told(name)


class _Work:
    """The relations of a table that hold pages, and how many of all these pages have been read."""

    def __init__(self, postgres: Postgres, table: TableName) -> None:
        self._postgres, self._table = postgres, table
        self._parts: list[tuple[str, int]] | None = None
        self._part, self._page, self._done = 0, 0, 0

    def left(self) -> bool:
        """Whether there is anything to read, as far as is known."""
        return self._parts is None or self._part < len(self._parts)

    def advance(self) -> None:
        """One more query; nothing if it was cancelled, for a cold volume is slow."""
        try:
            self._advance()
        except pg8000.exceptions.DatabaseError as refusal:
            if state_of(refusal) != _CANCELLED:
                raise

    def _advance(self) -> None:
        if self._parts is None:
            found = self._postgres.rows(_SIZE, name=self._table.sql)
            self._parts = [(f"{quoted(schema)}.{quoted(name)}", int(pages)) for schema, name, pages in found]
            self._skip()
            return
        place, pages = self._parts[self._part]
        self._postgres.rows(
            f"select count(*) from only {place} where ctid >= cast(:first as tid) and ctid < cast(:end as tid)",  # noqa: S608
            first=f"({self._page},0)",
            end=f"({self._page + _PAGES},0)",
        )
        self._done += min(_PAGES, pages - self._page)
        self._page += _PAGES
        self._skip()

    def _skip(self) -> None:
        """Past what is read to its end."""
        while self.left() and self._page >= (self._parts or [])[self._part][1]:
            self._part, self._page = self._part + 1, 0

    def told(self, name: str) -> str:
        """How far it came, in words."""
        if not self._parts:
            return f"{name} was not read"
        of = f" in {counted(len(self._parts) - 1, 'partition')}" if len(self._parts) > 1 else ""
        if not self.left():
            return f"{name}{of} is read"
        return f"{name}{of} is read to page {self._done} of {sum(pages for _, pages in self._parts)}"
