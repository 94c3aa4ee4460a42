"""WriteHeartbeat, every few seconds: one row into each database this region has authority over. SQL only.

Scheduled once a minute, it runs for most of a minute: schedules cannot be shorter
(EventBridge user guide, "Rate expressions"). On a replica it does nothing.
"""

from __future__ import annotations

import time
from typing import Any

from lyo_dr.adapters import clock, log
from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.adapters.sql.deletions import note_deletions
from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import scheduled
from lyo_dr.model.plan import Table
from lyo_dr.services.common.sql_login import own_login

_NOWHERE = ".invalid"
"""Where a database without a replica is before it is restored here (RFC 2606: such a name never resolves)."""


@scheduled("WriteHeartbeat")
def handler(ctx: StepContext) -> dict[str, Any]:
    """Beats until the round is over; one connection per beat, since the server may change under us."""
    plan, region = ctx.plan, ctx.region
    known = {database.name: own_login(ctx, database.name) for database in plan.databases_in(region)}
    logins = {name: login for name, login in known.items() if not login.host.endswith(_NOWHERE)}
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

    A database that does not respond has its own alarm; continue.
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
