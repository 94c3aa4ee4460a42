"""ReadReplica: what the replica itself heard from its primary. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secrets import sql_login
from lyo_dr.adapters.postgres import connected
from lyo_dr.doorman import Here, step
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.facts import ReplicaReading


class Request(msgspec.Struct, frozen=True):
    """The database's name in the plan."""

    database: str


@step("ReadReplica", Request)
def handler(request: Request, here: Here) -> ReplicaReading:
    """A database that does not answer is a fact (unknown), not a failure of this step."""
    login = sql_login(here.names.sql_secret(request.database), here.region)
    try:
        with connected(login, here.plan.timing.call_timeout.total_seconds()) as postgres:
            return postgres.read_replica(request.database)
    except DatabaseUnreachable as silence:
        return ReplicaReading(database=request.database, error=str(silence))
