"""Whether a database has what the plan says of it: sentences with their path, from what its catalogue answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lyo_dr.decisions.common.table_shape import unfit
from lyo_dr.model.near import listed
from lyo_dr.model.plan import Check, Database, Table
from lyo_dr.model.restore import Reading
from lyo_dr.model.tables.onboarding import Onboarding
from lyo_dr.model.tables.shape import TableShape

_OWN_USER = "lyo_dr"
_REFUSALS = {
    "42P01": "reads a table that this database does not have",
    "42703": "reads a column that its tables do not have",
    "42883": "calls a function or operator that this database does not have",
    "42601": "is no SQL to this server",
    "25006": "changes something, and may only read",
    "57014": "was not answered within timing.sql_timeout; simplify it, add an index, or raise the timeout",
}
"""PostgreSQL documentation, appendix A, "PostgreSQL Error Codes"."""
_NO_RIGHT = "42501"


@dataclass(frozen=True)
class Answers:
    """What one database said: a shape for each table of the plan, and a reading for each of its queries."""

    onboarding: Onboarding
    shapes: Sequence[TableShape]
    readings: Sequence[Reading]


def misfits(path: str, database: Database, answers: Answers) -> list[str]:
    """Every sentence about one database, whose path is ``databases[0]`` or another; empty where all of it fits."""
    user = answers.onboarding.user
    tables = zip(database.tables, answers.shapes, strict=True)
    queries = zip(database.integrity, answers.readings, strict=True)
    return [
        *_onboarding(path, answers.onboarding),
        *(each for number, pair in enumerate(tables) for each in _table(f"{path}.tables[{number}]", *pair, user)),
        *(
            each
            for number, pair in enumerate(queries)
            for each in _query(f"{path}.integrity[{number}].sql", *pair, user)
        ),
    ]


def _onboarding(path: str, found: Onboarding) -> Iterator[str]:
    if not found.made:
        yield f"{path}: not onboarded: it has no schema {_OWN_USER}; run database/onboarding.sql"
    if not found.commit_times:
        yield f"{path}: track_commit_timestamp is off, so damaged rows cannot be dated; set it in the parameter group"
    if found.missing_roles:
        yield f"{path}.app_roles: the server has no user {listed(found.missing_roles)}; create it, or leave it out"


def _table(path: str, table: Table, shape: TableShape, user: str) -> Iterator[str]:
    if (why := unfit(table, shape, reader=user)) is not None:
        yield f"{path}: {why}"


def _query(path: str, check: Check, reading: Reading, user: str) -> Iterator[str]:
    if reading.error is None:
        return
    if not reading.error.startswith("SQLSTATE "):
        yield f"{path}: {check.name!r} does not answer with a number; write a SELECT of one, such as count(*)"
        return
    state, _, why = reading.error.removeprefix("SQLSTATE ").partition(" ")
    if state == _NO_RIGHT:
        means = why.strip("()") or f"{user} may not read what it reads; grant it select there, and usage on the schema"
    else:
        means = _REFUSALS.get(state, "is refused by the server")
    yield f"{path}: {check.name!r}: {means} (SQLSTATE {state})"
