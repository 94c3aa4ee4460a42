"""PromoteDelayed: promote the delayed replica to be the restored instance; idempotent per incident."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.promotion import adopted, may_promote, promotion_progress
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import NewInstance
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.promotions import PromotionCall
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.delayed_replica import DELAYED_PROMOTION, delay_as_planned


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PromoteDelayed", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> NewInstance:
    """Called again until it is detached from its source. Its data is verified afterwards, never taken for granted."""
    attempts, incident = Attempts(ctx, request.incident.id), request.incident
    name, rds = attempts.instance(""), Rds(ctx.region)
    instance = rds.describe(name)
    call = PromotionCall(ctx, DELAYED_PROMOTION, incident.id, request.database)
    called_by, deadline = call.called_by, ctx.deadline(attempts.begun(), ctx.plan.budgets.promotion)
    if adopted(instance, called_by, incident.id, accepted=call.accepted):
        verdict = promotion_progress(instance, deadline)
    else:
        verdict = may_promote(instance, called_by=called_by, deadline=deadline)
        if verdict.status == "ready":
            verdict = _under_way(call.make(rds, name, deadline), ctx)
    return _beside(verdict, name, attempts, request, ctx)


def _under_way(called: Progress, ctx: StepContext) -> Progress:
    """A call that was accepted is watched from the next look on."""
    if called.status != "ready":
        return called
    return Progress(status="pending", sentence=called.sentence, wait_seconds=ctx.poll)


def _beside(verdict: Progress, name: str, attempts: Attempts, request: Request, ctx: StepContext) -> NewInstance:
    sentence, end = verdict.sentence, {"Address": "", "Port": 0}
    if verdict.status == "ready":
        delay_as_planned(ctx, request.incident.id, request.database)
        end = Backups(ctx.region).describe(name)["Endpoint"]
        sentence += f": {request.database} is restored to {attempts.all()[-1]} without a restore"
    return NewInstance(
        status=verdict.status,
        sentence=sentence,
        identifier=name,
        host=str(end["Address"]),
        port=int(str(end["Port"])),
        wait_seconds=verdict.wait_seconds,
        available_at=ctx.now() if verdict.status == "ready" else None,
    )
