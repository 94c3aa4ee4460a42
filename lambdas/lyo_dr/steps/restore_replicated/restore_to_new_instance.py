"""RestoreToNewInstance: a new instance with the replica's settings, from backups replicated to this region."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database
from lyo_dr.model.restore import NewInstance, Target
from lyo_dr.services.failover.replicated_backups import backups_of
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.deadlines import Execution
from lyo_dr.services.restore.instance_settings import settings_here
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
    incident, database = request.incident, ctx.plan.database(request.database)
    attempts = Attempts(ctx, incident.id, database.name)
    begin = partial(_begin, ctx, incident, database)
    run = Execution("restore_replicated", request.started_at)
    return advance(ctx, attempts, database.instance_in(ctx.region), run, begin)


def _begin(ctx: StepContext, incident: Incident, database: Database, name: str, target: Target) -> NewInstance:
    """With the settings of the replica, those it had when it was last seen, or those of the plan."""
    kept, backups, like = backups_of(ctx, incident, database), Backups(ctx.region), settings_here(ctx, database)
    if kept is None or not like:
        missing = "no backups are replicated here" if kept is None else "the replica's settings were never recorded"
        return NewInstance(status="broken", sentence=f"{name} cannot be restored: {missing}", identifier=name)
    backups.restore_replicated(kept.arn, like, name, target, incident.id)
    sentence = f"{name} is being restored in {ctx.region} from replicated backups, to {target}"
    return NewInstance(status="pending", sentence=sentence, identifier=name, wait_seconds=ctx.poll)
