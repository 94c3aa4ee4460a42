"""RestoreToNewInstance: point-in-time restore to a new instance with all settings of the damaged one."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.new_instance import may_restore
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import NewInstance, Target
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.deadlines import Execution
from lyo_dr.services.restore.restore_instance import advance


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when the restore began."""

    incident: Incident
    database: str
    started_at: datetime


@step("RestoreToNewInstance", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> NewInstance:
    """Called again until the instance is available: what this incident has made already is adopted."""
    attempts, planned = Attempts(ctx, request.incident.id), ctx.plan.database(request.database).instance_in(ctx.region)
    run = Execution("database_restore", request.started_at)
    return advance(ctx, attempts, planned, run, partial(_begin, ctx, attempts, request.database))


def _begin(ctx: StepContext, attempts: Attempts, database: str, name: str, target: Target) -> NewInstance:
    """The archive of the log is a little behind: a moment just before the damage may not be in it yet."""
    backups, damaged = Backups(ctx.region), attempts.damaged(database)
    waiting = may_restore(
        target, backups.window(damaged), name, deadline=ctx.deadline(attempts.begun(), ctx.plan.budgets.restore)
    )
    if waiting is not None:
        return waiting
    backups.restore(backups.describe(damaged), name, target, attempts.maker())
    sentence = f"{name} is being restored next to {damaged}, to {target}"
    return NewInstance(status="pending", sentence=sentence, identifier=name, wait_seconds=ctx.poll)
