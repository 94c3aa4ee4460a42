"""Write access of the application: read-write or read-only by the default of its users. Used by one SQL function."""

from __future__ import annotations

import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.restore import WritesSet


def let_app_write(postgres: Postgres, roles: list[str], epoch: int, *, allowed: bool) -> WritesSet:
    """Set the default for new sessions, then end the old ones: no session slips through in between.

    The application can still ask for a transaction that writes; one that does so keeps writing.
    """
    try:
        said = str(postgres.rows("select lyo_dr.let_app_write(:allowed, :epoch)", allowed=allowed, epoch=epoch)[0][0])
    except pg8000.exceptions.DatabaseError:
        return WritesSet(done=False, reason="the database was onboarded without lyo_dr.let_app_write")
    if said != "set":
        return WritesSet(done=False, reason=said)
    return WritesSet(done=True, reason=said, ended=sum(postgres.end_sessions_of(role, epoch) for role in roles))
