"""RestoreInstead: fall back to an ordinary restore, as the delayed replica could not be promoted."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.delayed_replica import DelayedReplicaChoice
from lyo_dr.model.incident import Incident
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.delayed_replica import let_go_on


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("RestoreInstead", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> DelayedReplicaChoice:
    """To the moment that was chosen first. Done twice, it is the same attempt."""
    attempts = Attempts(ctx, request.incident.id)
    if attempts.at_delayed():
        attempts.add(len(attempts.all()) + 1, attempts.instead())
    said = let_go_on(ctx, request.incident, request.database)
    sentence = f"Delayed replica not used; restoring to {attempts.all()[-1]} instead"
    sentence += f"; {said}" if said else ""
    return DelayedReplicaChoice(status="restore", sentence=sentence)
