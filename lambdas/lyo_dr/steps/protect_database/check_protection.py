"""CheckProtection: does the instance show what was asked for?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.decisions.protection import protection_progress
from lyo_dr.doorman import Here, step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.replicated import promoted


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("CheckProtection", Request)
def handler(request: Request, here: Here) -> Progress:
    """Reads only."""
    database = here.plan.database(request.database)
    verdict = protection_progress(
        database,
        Rds(here.region).describe(promoted(here, request.incident, database)),
        started_at=request.started_at,
        budget=here.plan.budgets.protection,
        now=here.now(),
        poll=here.poll,
    )
    here.tell(request.incident.id, verdict.sentence)
    return verdict
