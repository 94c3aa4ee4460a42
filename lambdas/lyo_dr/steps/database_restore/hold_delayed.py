"""HoldDelayed: the delayed replica replays no further, so that the damage cannot reach it while anybody thinks."""

from __future__ import annotations

import msgspec

from lyo_dr.decisions.delayed import held
from lyo_dr.doorman import Here, step
from lyo_dr.guard import containing
from lyo_dr.model.delayed import Held
from lyo_dr.model.incident import Incident
from lyo_dr.steps.delayed import hold


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("HoldDelayed", Request)
@containing
def handler(request: Request, here: Here) -> Held:
    """First of all, before the moment is known. Undone by PutBack, or when another way is taken."""
    database = here.plan.database(request.database)
    name = database.delayed_in(here.region)
    if name is None:
        return Held(status="none", sentence=f"The plan names no delayed replica in {here.region}")
    verdict = held(hold(here, request.incident, database.name, name))
    here.tell(request.incident.id, verdict.sentence)
    return verdict
