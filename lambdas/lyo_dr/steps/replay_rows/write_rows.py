"""WriteRows: the next rows of a replay file, written as the application. SQL, two secrets and one file."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.s3 import read_lines
from lyo_dr.adapters.sql.catalogue import read_shape
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.row_writer import Outcome, Replay
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.common.table_shape import unfit
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
    also_unknown: bool = False
    """Rows of which nobody knows whether they are the damage; a person has asked for them."""


@step("WriteRows", Request)
def handler(request: Request, ctx: StepContext) -> Written:
    """Lyo DR's own user may write nothing of the application: the application's may. Raises ReplayRefused."""
    table = {table.name: table for table in ctx.plan.database(request.database).tables}[request.table]
    entries, offset, done = _read(request, ctx)
    if not entries:
        return Written(offset=offset, done=done)
    login = app_login(ctx, request.database, _app_login(ctx, request.database))
    with connected(login, ctx.plan.timing.sql_timeout.total_seconds()) as postgres:
        # Asked again, as the application: without a unique key one row would be written over another.
        shape = msgspec.structs.replace(read_shape(postgres, table), hidden=False)
        if why := unfit(table, shape, reader=login.username):
            raise ReplayRefused(why)
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
            wanted += [entry] if _is_wanted(entry, request) else []
        size += len(line)
        offset += len(line) + 1
    return wanted, offset, True


def _is_wanted(entry: Entry, request: Request) -> bool:
    named = entry.what == "conflicting" and entry.key in request.include
    return bool(entry.row) and (
        entry.what == "replayable" or named or (entry.what == "unknown" and request.also_unknown)
    )


def _app_login(ctx: StepContext, database: str) -> Login:
    """The login of the first secret that leads to this database."""
    for login in logins_to(ctx.plan, database, ctx.region):
        return login
    if ctx.plan.logins_to(database):
        raise ReplayRefused(f"the application logs in to {database} by IAM authentication; give its rows back by hand")
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
        stamped=outcome.stamped,
    )
