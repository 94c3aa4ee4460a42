"""ReadRestored: the integrity questions, asked of the restored instance. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secrets import sql_login
from lyo_dr.adapters.integrity import read_integrity
from lyo_dr.adapters.postgres import connected
from lyo_dr.doorman import Here, step
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.restore import Beside, Evidence


class Request(msgspec.Struct, frozen=True):
    """The database, and where the restored instance is."""

    database: str
    beside: Beside


@step("ReadRestored", Request)
def handler(request: Request, here: Here) -> Evidence:
    """With the login of the damaged one: users and passwords are restored, too. Silence is judged as wrong."""
    name, beside = request.database, request.beside
    login = msgspec.structs.replace(
        sql_login(here.names.sql_secret(name), here.region), host=beside.host, port=beside.port
    )
    try:
        with connected(login, here.plan.timing.sql_timeout.total_seconds()) as postgres:
            at, lsn, readings = read_integrity(postgres, here.plan.database(name).integrity)
    except DatabaseUnreachable as silence:
        return Evidence(database=name, error=str(silence))
    return Evidence(database=name, at=at, lsn=lsn, readings=readings)
