"""FollowStorage, every hour: the alarm on free storage watches the instance the database lives in.

The metric is one of RDS and knows instances only, and a stack cannot tell which one an incident has put in place.
"""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.cloudwatch import follow_instance
from lyo_dr.context import StepContext
from lyo_dr.handler import scheduled


@scheduled("FollowStorage")
def handler(ctx: StepContext) -> dict[str, Any]:
    """Idempotent: an alarm that watches the right instance is left alone."""
    moved = {}
    for database in ctx.plan.databases:
        live = ctx.store.databases.instance(database.name, database.instances[ctx.region])
        if follow_instance(ctx.region, ctx.names.database_alarm("storage", database.name), live):
            log.warn(f"The alarm on free storage watches {live} from now on", database=database.name)
            moved[database.name] = live
    return {"moved": moved}
