"""CheckPromotion: has the replica left its source?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import promotion_is_slow
from lyo_dr.decisions.common.promotion import is_slow, promotion_progress
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when its promotion began."""

    incident: Incident
    database: str
    started_at: datetime


@step("CheckPromotion", Request, stage="promotion")
@polling
def handler(request: Request, ctx: StepContext) -> Progress:
    """Checks only, never starts the promotion again. At half of the budget responders are notified, once."""
    incident, name = request.incident, request.database
    deadline = ctx.deadline(request.started_at, ctx.plan.budgets.promotion)
    found = Rds(ctx.region).describe(ctx.plan.database(name).instance_in(ctx.region))
    verdict = promotion_progress(found, deadline)
    ctx.record(incident.id, verdict.sentence)
    if is_slow(verdict, deadline):
        notify(ctx, incident.id, promotion_is_slow(incident.id, name, verdict.sentence, deadline.ends_at))
    return verdict
