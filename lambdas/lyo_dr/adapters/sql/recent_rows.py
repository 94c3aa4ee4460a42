"""Rows of a table by their keys, and the keys written lately. Reads only; used by the SQL functions."""

from __future__ import annotations

from datetime import datetime

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.adapters.sql.table_text import TableText, one_form_of_text
from lyo_dr.model.fence import RecentRows
from lyo_dr.model.plan import Table


def recent_rows(postgres: Postgres, table: Table, since: datetime, limit: int) -> RecentRows:
    """Keys of rows written since a moment, newest first, ``limit`` at most. The table needs a time column."""
    one_form_of_text(postgres)
    text = TableText(table)
    at = f"_lyo_row.{text.time}"
    rows = postgres.rows(
        f"select {text.key_of('_lyo_row')} from {text.name} _lyo_row "  # noqa: S608
        f"where {at} >= :since order by {at} desc limit :limit",
        since=since,
        limit=limit + 1,
    )
    return RecentRows(keys=[str(row[0]) for row in rows[:limit]], cut=len(rows) > limit)


def find_rows(postgres: Postgres, table: Table, keys: list[str]) -> list[str]:
    """Which of these keys there are. They are compared in the key's own types, so that its index serves."""
    one_form_of_text(postgres)
    text = TableText(table)
    found = postgres.rows(
        f"select {text.key_of('_lyo_row')} from {text.name} _lyo_row "  # noqa: S608
        f"join {text.wanted(text.columns(postgres))} on {text.is_wanted('_lyo_row')}",
        keys=text.given(keys),
    )
    return [str(row[0]) for row in found]
