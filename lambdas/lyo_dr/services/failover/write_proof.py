"""The write that proves a database: authority, and a row that only this incident could write."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.facts import WriteProof
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.sql_login import own_login


class Proven(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


def prove_by_write(ctx: StepContext, asked: Proven, seconds: float) -> WriteProof:
    """A database that refuses, or does not answer within ``seconds`` a statement, is a proof not given."""
    incident, login = asked.incident, own_login(ctx, asked.database)
    try:
        with connected(login, seconds) as postgres:
            proof = postgres.prove(asked.database, incident.id, ctx.region, incident.epoch)
            if proof.written:
                # A copy of a database that was once closed to the app has inherited that.
                log.say(f"App access to {asked.database}: {postgres.open_to_app(incident.epoch)}")
            return proof
    except DatabaseUnreachable as silence:
        return WriteProof(database=asked.database, written=False, error=str(silence))
