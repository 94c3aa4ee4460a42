"""The plan's integrity questions, asked of one database. SQL only; asked by CheckIntegrity, which judges."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secrets import sql_login
from lyo_dr.adapters.integrity import read_integrity
from lyo_dr.adapters.postgres import connected
from lyo_dr.doorman import Here, step
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.restore import Evidence


class Request(msgspec.Struct, frozen=True):
    """The database's name in the plan."""

    database: str


@step("ReadIntegrity", Request)
def handler(request: Request, here: Here) -> Evidence:
    """A database that does not answer is somebody else's alarm."""
    name = request.database
    login = sql_login(here.names.sql_secret(name), here.region)
    try:
        with connected(login, here.plan.timing.sql_timeout.total_seconds()) as postgres:
            at, lsn, readings = read_integrity(postgres, here.plan.database(name).integrity)
    except DatabaseUnreachable as silence:
        return Evidence(database=name, error=str(silence))
    return Evidence(database=name, at=at, lsn=lsn, readings=readings)
