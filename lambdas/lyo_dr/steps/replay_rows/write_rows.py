"""WriteRows: the next rows of a replay file, written as the application. SQL, two secrets and one file."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.s3 import read_lines
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.row_writer import Outcome, Replay
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.database_address import Login
from lyo_dr.errors import ReplayRefused
from lyo_dr.handler import step
from lyo_dr.model.reconciliation import Entry, Written
from lyo_dr.services.common.application_login import app_login, logins_to

_LEFT = 50
_MOST_BYTES = 4_000_000


class Request(msgspec.Struct, frozen=True):
    """A table of the plan, its file, where in it to begin, how many rows at most, and conflicts to overwrite."""

    database: str
    table: str
    file: str
    version: str
    offset: int
    limit: int
    include: list[str]


@step("WriteRows", Request)
def handler(request: Request, ctx: StepContext) -> Written:
    """Lyo DR's own user may write nothing of the application: the application's may. Raises ReplayRefused."""
    table = {table.name: table for table in ctx.plan.database(request.database).tables}[request.table]
    entries, offset, done = _read(request, ctx)
    if not entries:
        return Written(offset=offset, done=done)
    login = app_login(ctx, request.database, _app_login(ctx, request.database))
    with connected(login, ctx.plan.timing.sql_timeout.total_seconds()) as postgres:
        outcome = Replay(postgres, table).write(entries)
    return _written(outcome, offset, done)


def _read(request: Request, ctx: StepContext) -> tuple[list[Entry], int, bool]:
    """What is to be written of the next lines; the first line of a file is its header."""
    wanted: list[Entry] = []
    offset, size = request.offset, 0
    lines = read_lines(ctx.names.ledger_bucket, request.file, request.version, request.offset, ctx.region)
    for number, line in enumerate(lines):
        if number >= request.limit or size >= _MOST_BYTES:
            return wanted, offset, False
        if offset > 0:
            entry = msgspec.json.decode(line, type=Entry)
            wanted += [entry] if _is_wanted(entry, request.include) else []
        size += len(line)
        offset += len(line) + 1
    return wanted, offset, True


def _is_wanted(entry: Entry, include: list[str]) -> bool:
    return bool(entry.row) and (entry.what == "replayable" or (entry.what == "conflicting" and entry.key in include))


def _app_login(ctx: StepContext, database: str) -> Login:
    """The login of the first secret that leads to this database."""
    for login in logins_to(ctx.plan, database, ctx.region):
        return login
    raise ReplayRefused(f"no secret of the plan points to {database}, so no application user may write to it")


def _written(outcome: Outcome, offset: int, done: bool) -> Written:
    return Written(
        offset=offset,
        done=done,
        written=len(outcome.written),
        already=len(outcome.already),
        conflicting=len(outcome.conflicting),
        refused=len(outcome.refused),
        left=[*outcome.conflicting, *outcome.refused][:_LEFT],
        why=outcome.why,
    )
