"""ReadEvidence: read the evidence from the damaged database. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.deletions import read_deletions
from lyo_dr.adapters.sql.integrity import read_changes, read_integrity
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import step
from lyo_dr.model.restore import DatabaseEvidence
from lyo_dr.services.common.sql_login import own_login


class Request(msgspec.Struct, frozen=True):
    """The database's name in the plan."""

    database: str


@step("ReadEvidence", Request)
def handler(request: Request, ctx: StepContext) -> DatabaseEvidence:
    """A database that does not answer is a fact, not a failure: an operator may know the moment."""
    name = request.database
    database, login = ctx.plan.database(name), own_login(ctx, name)
    try:
        with connected(login, ctx.plan.timing.sql_timeout.total_seconds()) as postgres:
            at, lsn, readings = read_integrity(postgres, database.integrity)
            changes = read_changes(postgres, database.tables)
            changes += read_deletions(postgres, database.tables)
    except DatabaseUnreachable as silence:
        return DatabaseEvidence(database=name, error=str(silence))
    return DatabaseEvidence(database=name, at=at, lsn=lsn, readings=readings, changes=changes)
