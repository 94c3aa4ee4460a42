"""PromoteDelayed: promote the delayed replica to be the restored instance; idempotent per incident."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.promotion import adopted, may_promote, promotion_progress
from lyo_dr.errors import WrongState
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import NewInstance
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.delayed_replica import delay_as_planned

_NOTE = "DELAYED_PROMOTION"


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PromoteDelayed", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> NewInstance:
    """Called again until it is detached from its source. Its data is verified afterwards, never taken for granted."""
    attempts = Attempts(ctx, request.incident.id)
    name, rds = attempts.instance(""), Rds(ctx.region)
    instance = rds.describe(name)
    called = ctx.store.incidents.read_note(request.incident.id, _NOTE, request.database) is not None
    called_by = request.incident.id if called else None
    if adopted(instance, called_by, request.incident.id):
        verdict = promotion_progress(instance, ctx.deadline(attempts.begun(), ctx.plan.budgets.promotion))
    else:
        verdict = _promote(rds, instance, called_by, attempts, request, ctx)
    return _beside(verdict, name, attempts, request, ctx)


def _promote(
    rds: Rds, instance: Instance, called_by: str | None, attempts: Attempts, request: Request, ctx: StepContext
) -> Progress:
    """Write the idempotency record first: after a crash right after the call, the retry must find it."""
    deadline = ctx.deadline(attempts.begun(), ctx.plan.budgets.promotion)
    verdict = may_promote(instance, called_by=called_by, deadline=deadline)
    if verdict.status != "ready":
        return verdict
    ctx.store.incidents.record_once(request.incident.id, _NOTE, request.database, called_at=ctx.now().isoformat())
    try:
        rds.promote(instance.identifier, ctx.plan.database(request.database).backup_retention_days)
    except WrongState as refusal:
        return Progress(status="pending", sentence=f"RDS refused for now: {refusal}", wait_seconds=ctx.poll)
    sentence = f"Promoting {instance.identifier}"
    return Progress(status="pending", sentence=sentence, wait_seconds=ctx.poll)


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
    )
