"""Damage that no evidence names: the commits of rows are not dated, so that only restores can tell."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import psycopg

from drills.engine.context import DrillContext
from drills.scenarios.restore import damage
from drills.world.onboard import endpoint
from lyo_dr.model.plan import Plan, Restore

_LATER_SECONDS = 6.0
_RESOLUTION = timedelta(seconds=1)
_DAMAGED = "select count(*), count(*) filter (where customer = '') from lyo_appointments"


def stop_dating(ctx: DrillContext) -> None:
    """The parameter group was never set at onboarding: the database does not know when its rows were committed."""
    identifier = ctx.world.plan.databases[0].instances[ctx.primary]
    ctx.world.host.tune_database(f"{ctx.primary}/{identifier}", track_commit_timestamp="off")
    with ctx.sql(ctx.primary) as connection:
        row = connection.execute("show track_commit_timestamp").fetchone()
    ctx.notes["commits are dated"] = row[0] if row else ""


def migrate_badly_later(ctx: DrillContext) -> float:
    """The same bad migration, some time after a good run: what lies between is what has to be searched."""
    return damage.migrate_badly(ctx, after=_LATER_SECONDS)


def to_the_second(plan: Plan) -> Plan:
    """As near as RDS restores."""
    return _with(plan, search_resolution=_RESOLUTION, search_budget=timedelta(seconds=90))


def _with(plan: Plan, **changes: timedelta) -> Plan:
    def changed(restore: Restore) -> Restore:
        return msgspec.structs.replace(restore, **changes)

    databases = [msgspec.structs.replace(database, restore=changed(database.restore)) for database in plan.databases]
    return msgspec.structs.replace(plan, databases=databases)


def collect(ctx: DrillContext) -> dict[str, str]:
    """Where every database is, and how many rows are in the damaged one and in the one users are served by."""
    found = damage.collect(ctx)
    damaged = next((name for name in found[ctx.primary].split(", ") if "-damaged-" in name), None)
    if damaged is not None:
        host, port = endpoint(ctx.world, ctx.primary, damaged)
        dsn = psycopg.conninfo.make_conninfo(ctx.master_dsn(ctx.primary), host=host, port=port)
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            rows = connection.execute(_DAMAGED).fetchone()
        found |= {"rows in the damaged instance": str(rows[0]), "of them damaged": str(rows[1])} if rows else {}
    with ctx.sql(ctx.primary) as connection:
        rows = connection.execute(_DAMAGED).fetchone()
    return found | {"rows in the restored instance": str(rows[0]) if rows else ""}
