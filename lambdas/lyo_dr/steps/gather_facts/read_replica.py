"""ReadReplica: what the replica itself received from its primary. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import step
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.services.common.sql_login import own_login


class Request(msgspec.Struct, frozen=True):
    """The database's name in the plan."""

    database: str


@step("ReadReplica", Request)
def handler(request: Request, ctx: StepContext) -> ReplicaReading:
    """A database that does not answer is a fact (unknown), not a failure of this step."""
    login = own_login(ctx, request.database)
    try:
        with connected(login, ctx.plan.timing.call_timeout.total_seconds()) as postgres:
            return postgres.read_replica(request.database)
    except DatabaseUnreachable as silence:
        return ReplicaReading(database=request.database, error=str(silence))
