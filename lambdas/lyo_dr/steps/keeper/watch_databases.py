"""Every minute: has the application lost a database of this region? Tells two metrics, whose alarms open incidents.

In the active region only: a stand-by has no connections and misses none. The metrics are told by database and not by
instance, so they follow a database into the instance a restore has made. What is unknown is not told: a look that
failed is no finding, and the alarm on this function's errors says that nobody looks.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from lyo_dr.adapters import environment, log
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.aws.metrics import write_database_watch
from lyo_dr.decisions.connections import connections_lost, error_rate
from lyo_dr.doorman import Here
from lyo_dr.errors import LyoDrError
from lyo_dr.steps.asking import ask_connections, prepare_to_ask
from lyo_dr.steps.looking import ask_apps


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """One look a minute; two in a row raise an alarm."""
    if event.get("warm") is True:
        return {"warm": True}
    here = Here(environment.plan(), environment.region(), "WatchDatabases")
    if here.system.record().active_region != here.region:
        return {"watched": []}
    running, names = _running(here), [database.name for database in here.plan.databases]
    prepare_to_ask(here.region)
    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        counts = list(pool.map(partial(ask_connections, here), names))
    # The app contract speaks of one database: the one the app's secret leads to, which is the first.
    errors = {names[0]: error_rate(ask_apps(here.region, here))}
    for name, count in zip(names, counts, strict=True):
        write_database_watch(here.region, name, lost=connections_lost(count, running), errors=errors.get(name))
    return {"watched": names}


def _running(here: Here) -> int | None:
    try:
        return sum(Ecs(here.region).counts(service.places[here.region]).running for service in here.plan.services)
    except LyoDrError as refusal:
        log.warn(f"Nobody knows how many tasks run: {refusal}")
        return None
