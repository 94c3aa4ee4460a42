"""FollowStorage, every hour: the alarm on free storage watches the instance the database lives in.

The metric is one of RDS and knows instances only, and a stack cannot tell which one an incident has put in place.
"""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.cloudwatch import follow_instance, watch_storage
from lyo_dr.context import StepContext
from lyo_dr.handler import scheduled
from lyo_dr.services.common.present import databases_here


@scheduled("FollowStorage")
def handler(ctx: StepContext) -> dict[str, Any]:
    """Idempotent: an alarm that watches the right instance is left alone.

    Where the plan gives a region no instance its stack makes no alarm either: it is made for the one restored there.
    """
    moved = {}
    for database, live in databases_here(ctx):
        alarm = ctx.names.database_alarm("storage", database.name)
        if ctx.region in database.instances:
            changed = follow_instance(ctx.region, alarm, live)
        else:
            changed = watch_storage(ctx.region, alarm, live, database, ctx.names.topic("responders"))
        if changed:
            log.warn(f"The alarm on free storage watches {live} from now on", database=database.name)
            moved[database.name] = live
    return {"moved": moved}
