"""WatchDatabases, every minute: has the application lost a database? Publishes two metrics whose alarms open incidents.

In the active region only: a standby needs no connections. The metrics are per database, not per instance, so they
follow a database to the instance a restore has created. Unknown values are not published: a failed check is not a
finding, and the alarm on this function's errors reports that checks are missing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.cloudwatch import write_database_watch
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.keeper.connections import connections_lost, error_rate
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import scheduled
from lyo_dr.services.common.probing import probe_apps
from lyo_dr.services.common.sql_functions import ask_connections, prepare_to_ask


@scheduled("WatchDatabases")
def handler(ctx: StepContext) -> dict[str, Any]:
    """One check a minute; two in a row raise an alarm."""
    if ctx.store.control.record().active_region != ctx.region:
        return {"watched": []}
    running, names = _running(ctx), [database.name for database in ctx.plan.databases_in(ctx.region)]
    prepare_to_ask(ctx.region)
    with ThreadPoolExecutor(max_workers=2 * len(names)) as pool:
        counts = pool.map(partial(ask_connections, ctx), names)
        apps = pool.map(partial(probe_apps, ctx.region, ctx), names)
        seen = list(zip(names, counts, apps, strict=True))
    for name, count, said in seen:
        write_database_watch(ctx.region, name, lost=connections_lost(count, running), errors=error_rate(said))
    return {"watched": names}


def _running(ctx: StepContext) -> int | None:
    try:
        return sum(Ecs(ctx.region).counts(service.places[ctx.region]).running for service in ctx.plan.services)
    except LyoDrError as refusal:
        log.warn(f"Number of running tasks unknown: {refusal}")
        return None
