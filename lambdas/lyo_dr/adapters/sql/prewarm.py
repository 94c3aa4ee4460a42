"""Prewarming: read tables once, so that users do not wait for lazy loading. Used by the SQL functions.

The volume of a restored instance is filled from its backup while it is used: a block nobody has read yet is fetched
first (RDS user guide, "Restoring to a DB instance": lazy loading).
"""

from __future__ import annotations

from collections.abc import Callable

import pg8000.exceptions
from pg8000.native import identifier

from lyo_dr.adapters.sql.postgres import Postgres

_PAGES = 2048
"""Read at once: 16 MB, so that a slow volume answers within the time-out of one question."""
_SIZE = "select pg_relation_size(cast(:name as regclass)) / cast(current_setting('block_size') as bigint)"


def read_table(postgres: Postgres, table: str, over: Callable[[], bool]) -> str:
    """Read a table from its first page to its last, until the time is over; in words, how far it came."""
    try:
        pages = int(postgres.rows(_SIZE, name=table)[0][0])
        done = 0
        while done < pages and not over():
            _read(postgres, table, done, done + _PAGES)
            done = min(pages, done + _PAGES)
    except pg8000.exceptions.DatabaseError as refusal:
        return f"{table} was not read ({type(refusal).__name__})"
    return f"{table} is read" if done == pages else f"{table} is read to page {done} of {pages}"


def _read(postgres: Postgres, table: str, first: int, end: int) -> None:
    """A range of pages; PostgreSQL reads no others for it (since version 14)."""
    postgres.rows(
        f"select count(*) from {identifier(table)} where ctid >= cast(:first as tid) and ctid < cast(:end as tid)",  # noqa: S608
        first=f"({first},0)",
        end=f"({end},0)",
    )
