"""Asking a restored instance the integrity questions; done by SQL functions."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secrets import sql_login
from lyo_dr.adapters.integrity import read_integrity
from lyo_dr.adapters.postgres import connected
from lyo_dr.doorman import Here
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.restore import Beside, Evidence


def ask_restored(here: Here, name: str, beside: Beside) -> Evidence:
    """With the login of the damaged one: users and passwords are restored, too. Silence is judged as wrong."""
    login = msgspec.structs.replace(
        sql_login(here.names.sql_secret(name), here.region), host=beside.host, port=beside.port
    )
    try:
        with connected(login, here.plan.timing.sql_timeout.total_seconds()) as postgres:
            at, lsn, readings = read_integrity(postgres, here.plan.database(name).integrity)
    except DatabaseUnreachable as silence:
        return Evidence(database=name, error=str(silence))
    return Evidence(database=name, at=at, lsn=lsn, readings=readings)
