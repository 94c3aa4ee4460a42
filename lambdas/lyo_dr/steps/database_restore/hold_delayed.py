"""HoldDelayed: pause replay of the delayed replica, so that the damage cannot reach it meanwhile."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.delayed_replica import held
from lyo_dr.guards import containment
from lyo_dr.handler import step
from lyo_dr.model.delayed_replica import Held
from lyo_dr.model.incident import Incident
from lyo_dr.services.restore.delayed_replica import hold


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("HoldDelayed", Request)
@containment
def handler(request: Request, ctx: StepContext) -> Held:
    """Runs first, before the recovery point is known. Rolled back by PutBack, or if another method is chosen."""
    database = ctx.plan.database(request.database)
    name = database.delayed_in(ctx.region)
    if name is None:
        return Held(status="none", sentence=f"The plan names no delayed replica in {ctx.region}")
    verdict = held(hold(ctx, request.incident, database.name, name))
    ctx.record(request.incident.id, verdict.sentence)
    return verdict
