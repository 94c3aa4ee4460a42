"""CheckPromotion: has the replica left its source?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.decisions.promotion import promotion_progress
from lyo_dr.doorman import Here, step
from lyo_dr.guard import working
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when its promotion began."""

    incident: Incident
    database: str
    started_at: datetime


@step("CheckPromotion", Request)
@working
def handler(request: Request, here: Here) -> Progress:
    """Looks, and never calls the promotion again."""
    identifier = here.plan.database(request.database).instances[here.region]
    verdict = promotion_progress(
        Rds(here.region).describe(identifier),
        started_at=request.started_at,
        budget=here.plan.budgets.promotion,
        now=here.now(),
        poll=here.poll,
    )
    here.tell(request.incident.id, verdict.sentence)
    return verdict
