"""CheckPromotion: has the replica left its source?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.decisions.messages import promotion_is_slow
from lyo_dr.decisions.promotion import is_slow, promotion_progress
from lyo_dr.doorman import Here, step
from lyo_dr.guard import working
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when its promotion began."""

    incident: Incident
    database: str
    started_at: datetime


@step("CheckPromotion", Request)
@working
def handler(request: Request, here: Here) -> Progress:
    """Looks, and never calls the promotion again. At half time responders are told, once."""
    incident, name, since = request.incident, request.database, request.started_at
    budget, now = here.plan.budgets.promotion, here.now()
    found = Rds(here.region).describe(here.plan.database(name).instances[here.region])
    verdict = promotion_progress(found, started_at=since, budget=budget, now=now, poll=here.poll)
    here.tell(incident.id, verdict.sentence)
    if is_slow(verdict, started_at=since, budget=budget, now=now):
        tell_people(here, incident.id, promotion_is_slow(incident.id, name, verdict.sentence, since + budget))
    return verdict
