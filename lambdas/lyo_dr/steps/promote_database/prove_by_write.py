"""ProveByWrite: take authority in the database and write a row that only this incident could write. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import step
from lyo_dr.model.facts import WriteProof
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.sql_login import own_login


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("ProveByWrite", Request)
def handler(request: Request, ctx: StepContext) -> WriteProof:
    """A database that refuses or does not answer is a proof not given, judged by AcceptProof."""
    incident = request.incident
    login = own_login(ctx, request.database)
    try:
        with connected(login, ctx.plan.timing.call_timeout.total_seconds()) as postgres:
            proof = postgres.prove(request.database, incident.id, ctx.region, incident.epoch)
            if proof.written:
                # A copy of a database that was once closed to the app has inherited that.
                log.say(f"App access to {request.database}: {postgres.open_to_app(incident.epoch)}")
            return proof
    except DatabaseUnreachable as silence:
        return WriteProof(database=request.database, written=False, error=str(silence))
