"""Every few seconds one row into each database this region is the authority of. SQL only.

Scheduled once a minute, it beats for most of a minute: schedules cannot be shorter
(EventBridge user guide, "Rate expressions"). On a replica it does nothing.
"""

from __future__ import annotations

import time
from typing import Any

from lyo_dr.adapters import clock, environment, log
from lyo_dr.adapters.aws.secrets import SqlLogin, sql_login
from lyo_dr.adapters.deletions import note_deletions
from lyo_dr.adapters.postgres import connected
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.names import Names
from lyo_dr.model.plan import Table


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Beats until the round is over; one connection per beat, since the server may change under us."""
    if event.get("warm") is True:
        return {"warm": True}
    plan, region = environment.plan(), environment.region()
    names = Names(plan, region)
    logins = {database.name: sql_login(names.sql_secret(database.name), region) for database in plan.databases}
    end = clock.monotonic() + plan.timing.heartbeat_round.total_seconds()
    every = plan.timing.heartbeat_every.total_seconds()
    beats = dict.fromkeys(logins, 0)
    while True:
        started = clock.monotonic()
        for name, login in logins.items():
            beats[name] += _beat(name, login, plan.database(name).tables, region, every)
        pause = every - (clock.monotonic() - started)
        if clock.monotonic() + max(pause, 0.0) >= end:
            return {"beats": beats}
        time.sleep(max(pause, 0.0))


def _beat(name: str, login: SqlLogin, tables: list[Table], region: str, seconds: float) -> int:
    """1 for a beat that was written, after which the tables' counters are looked at.

    A database that is away is somebody else's alarm; we go on.
    """
    try:
        with connected(login, seconds) as postgres:
            beaten = postgres.beat(region) is not None
            if beaten:
                note_deletions(postgres, tables)
            return int(beaten)
    except DatabaseUnreachable as silence:
        log.warn(f"No heartbeat in {name}: {silence}", database=name)
        return 0
