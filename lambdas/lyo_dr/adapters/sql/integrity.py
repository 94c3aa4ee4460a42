"""Integrity queries. Reads only; used by the SQL functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.plan import Check, Table
from lyo_dr.model.restore import MassChange, Reading

_FEW = 10
"""A transaction that wrote fewer rows is what users do all day."""
_SHARE = 0.05


def read_integrity(
    postgres: Postgres, checks: list[Check], left: Callable[[], float] | None = None
) -> tuple[datetime, str, list[Reading]]:
    """The server's clock, its place in the log, and one answer per question.

    With ``left``, the seconds that are left, all questions together have no longer; those that find no time are missing
    or have SQLSTATE 57014 as their error.
    """
    at, lsn = postgres.rows(
        "select clock_timestamp(), case when pg_is_in_recovery() then pg_last_wal_replay_lsn() "
        "else pg_current_wal_lsn() end::text"
    )[0]
    readings: list[Reading] = []
    for check in checks:
        if left is not None:
            seconds = left()
            if seconds <= 0:
                break
            postgres.limit(seconds)
        readings.append(_ask(postgres, check))
    return at, lsn, readings


def read_changes(postgres: Postgres, tables: list[Table]) -> list[MassChange]:
    """Transactions that wrote at least a twentieth of a table's rows, dated by their commit.

    Empty unless ``track_commit_timestamp`` is on: it is static and has to be set at onboarding. A deleted row is not
    there to be dated.
    """
    if postgres.rows("show track_commit_timestamp")[0][0] != "on":
        return []
    return [change for table in tables for change in _changes(postgres, table.name)]


def _changes(postgres: Postgres, table: str) -> list[MassChange]:
    # Names of the plan are held to plain SQL names by its rules.
    rows = postgres.rows(
        "select at, rows, of from (select pg_xact_commit_timestamp(xmin) as at, count(*) as rows, "  # noqa: S608
        f"sum(count(*)) over () as of from {table} group by xmin::text, xmin) as written "
        "where at is not null and rows >= :few and rows >= :share * of order by at",
        few=_FEW,
        share=_SHARE,
    )
    return [MassChange(table=table, at=row[0], rows=int(row[1]), of=int(row[2])) for row in rows]


def _ask(postgres: Postgres, check: Check) -> Reading:
    try:
        found: list[list[Any]] = postgres.rows(check.sql)
        return Reading(name=check.name, value=float(found[0][0]))
    except pg8000.exceptions.DatabaseError as refusal:
        detail = refusal.args[0] if refusal.args else None
        state = detail.get("C") if isinstance(detail, dict) else None
        return Reading(name=check.name, error=f"SQLSTATE {state}" if state else "refused")
    except (IndexError, TypeError, ValueError):
        return Reading(name=check.name, error="no number")
