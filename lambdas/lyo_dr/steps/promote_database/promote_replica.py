"""PromoteReplica: the irreversible call, idempotent per incident and database."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.promotion import adopted, may_promote
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.promotions import PromotionCall


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when its promotion began."""

    incident: Incident
    database: str
    started_at: datetime


@step("PromoteReplica", Request, timeline=True, stage="promotion")
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """``ready`` once the promotion is started, by this run or by an earlier one that crashed."""
    incident, database = request.incident, ctx.plan.database(request.database)
    rds = Rds(ctx.region)
    instance = rds.describe(database.instance_in(ctx.region))
    call = PromotionCall(ctx, "PROMOTION", incident.id, database.name)
    called_by = call.called_by
    if adopted(instance, called_by, incident.id, accepted=call.accepted):
        return Progress(status="ready", sentence=f"{instance.identifier} is already being promoted")
    deadline = ctx.deadline(request.started_at, ctx.plan.budgets.promotion)
    verdict = may_promote(instance, called_by=called_by, deadline=deadline)
    return call.make(rds, instance.identifier, deadline) if verdict.status == "ready" else verdict
