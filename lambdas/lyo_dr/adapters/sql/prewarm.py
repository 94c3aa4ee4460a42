"""Prewarming: read tables once, so that users do not wait for lazy loading. Used by the SQL functions.

The volume of a restored instance is filled from its backup while it is used: a block nobody has read yet is fetched
first (RDS user guide, "Restoring to a DB instance": lazy loading).
"""

from __future__ import annotations

from collections.abc import Callable

import pg8000.exceptions
from pg8000.native import identifier

from lyo_dr.adapters.sql.postgres import Postgres, state_of

OWN_TABLES = ("lyo_dr.authority", "lyo_dr.app_role", "lyo_dr.heartbeat", "lyo_dr.proof", "lyo_dr.counter")
"""Few rows each, and read whenever this product writes: passwords, authority, heartbeat, proof."""
_PAGES = 2048
"""Read at once: 16 MB, so that a slow volume answers within the time-out of one question."""
_SIZE = "select pg_relation_size(cast(:name as regclass)) / cast(current_setting('block_size') as bigint)"
_CANCELLED = "57014"


def read_table(postgres: Postgres, table: str, left: Callable[[], float], longest: float) -> str:
    """Read a table from its first page to its last while seconds are ``left``; in words, how far it came.

    What took longer than ``longest`` seconds is tried again: what it has fetched is there by then.
    """
    pages, done = -1, 0
    try:
        while left() > 0 and done != pages:
            postgres.limit(min(longest, max(1.0, left())))
            pages, done = _advance(postgres, table, pages, done)
    except pg8000.exceptions.DatabaseError as refusal:
        return f"{table} was not read ({type(refusal).__name__})"
    if pages < 0:
        return f"{table} was not read"
    return f"{table} is read" if done == pages else f"{table} is read to page {done} of {pages}"


def _advance(postgres: Postgres, table: str, pages: int, done: int) -> tuple[int, int]:
    """Size of the table (-1: unknown) and pages read, after one more query; the same if it was cancelled."""
    try:
        if pages < 0:
            return int(postgres.rows(_SIZE, name=table)[0][0]), done
        _read(postgres, table, done, done + _PAGES)
        return pages, min(pages, done + _PAGES)
    except pg8000.exceptions.DatabaseError as refusal:
        if state_of(refusal) == _CANCELLED:
            return pages, done
        raise


def _read(postgres: Postgres, table: str, first: int, end: int) -> None:
    """A range of pages; PostgreSQL reads no others for it (since version 14)."""
    name = ".".join(identifier(part) for part in table.split("."))
    postgres.rows(
        f"select count(*) from {name} where ctid >= cast(:first as tid) and ctid < cast(:end as tid)",  # noqa: S608
        first=f"({first},0)",
        end=f"({end},0)",
    )
