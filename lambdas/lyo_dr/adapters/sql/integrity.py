"""Integrity queries. Reads only; used by the SQL functions."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pg8000.exceptions

from lyo_dr.adapters import log
from lyo_dr.adapters.sql.postgres import Postgres, told
from lyo_dr.model.plan import Check, Table
from lyo_dr.model.restore import MassChange, Reading

_FEW = 10
"""A transaction that wrote fewer rows is what users do all day."""
_SHARE = 0.05
_DIGITS = 8
"""Of the hash of a question: an answer to another one is none to this one."""


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

    Rows are grouped by the time of their commit: a savepoint or an exception block gives its rows a transaction id of
    their own, but the commit is that of the whole. Empty unless ``track_commit_timestamp`` is on: it is static and has
    to be set at onboarding. A deleted row is not there to be dated. A table that cannot be read takes no evidence from
    the others.
    """
    if postgres.rows("show track_commit_timestamp")[0][0] != "on":
        return []
    return [change for table in tables for change in _changes(postgres, table)]


def read_writers(postgres: Postgres, tables: list[Table]) -> set[str]:
    """The same by transaction id, for a server without commit times: rows say which transaction wrote them."""
    return {str(row[0]) for table in tables for row in _grouped(postgres, table, "_lyo_row.xmin::text")}


def _changes(postgres: Postgres, table: Table) -> list[MassChange]:
    rows = _grouped(postgres, table, "pg_xact_commit_timestamp(_lyo_row.xmin)")
    return [MassChange(table=table.name, at=row[0], rows=int(row[1]), of=int(row[2])) for row in rows]


def _grouped(postgres: Postgres, table: Table, by: str) -> list[list[Any]]:
    try:
        return postgres.rows(
            f"select at, rows, of from (select {by} as at, count(*) as rows, sum(count(*)) over () as of "  # noqa: S608
            f"from {table.place.sql} _lyo_row group by 1) as written "
            "where at is not null and rows >= :few and rows >= :share * of order by at",
            few=_FEW,
            share=_SHARE,
        )
    except pg8000.exceptions.DatabaseError as refusal:
        log.warn(f"Commits in {table.name} were not read: SQLSTATE {told(refusal)}", table=table.name)
        return []


def _ask(postgres: Postgres, check: Check) -> Reading:
    question = hashlib.sha256(check.sql.encode()).hexdigest()[:_DIGITS]
    try:
        found: list[list[Any]] = postgres.rows(check.sql)
        value = float(found[0][0])
    except pg8000.exceptions.DatabaseError as refusal:
        state = told(refusal)
        return Reading(name=check.name, error=f"SQLSTATE {state}" if state else "refused", question=question)
    except (IndexError, TypeError, ValueError):
        return Reading(name=check.name, error="no number", question=question)
    if not math.isfinite(value):
        return Reading(name=check.name, error="no number", question=question)
    return Reading(name=check.name, value=value, question=question)
