"""One instance goes while its region and the app live."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import msgspec

from drills.engine.context import DrillContext
from lyo_dr.model.plan import Plan

_ARCHIVED_SECONDS = 40.0
_ZONE_SECONDS = 20.0
"""Longer than the alarm takes, shorter than RDS is given: about what a failover between zones is on AWS's clock."""


def lose_instance(ctx: DrillContext) -> float:
    """The primary's server dies and stays dead, once its backups hold a part of the bookings."""
    identifier = ctx.world.plan.databases[0].instances[ctx.primary]
    began = time.time()
    ctx.screen.stage("Waiting until the backups hold a part of the bookings")
    ctx.wait_until(lambda: _latest(ctx, identifier) > began, _ARCHIVED_SECONDS)
    ctx.let_pass(2.0)
    at = ctx.world.host.lose_database(identifier)
    ctx.screen.fault(at, f"The instance of {identifier} is dead; its region and the app live")
    return at


def fail_over_between_zones(ctx: DrillContext) -> float:
    """The primary is away for longer than its alarm takes, and comes back by itself."""
    at = time.time()
    ctx.screen.fault(at, f"The database of {ctx.primary} fails over between zones ({_ZONE_SECONDS:g} s)")
    ctx.world.host.restart_database(ctx.world.plan.databases[0].instances[ctx.primary], _ZONE_SECONDS)
    return at


def longer_turn(plan: Plan) -> Plan:
    """RDS is given longer than this failover takes, as it is on AWS."""
    return msgspec.structs.replace(
        plan,
        policy=msgspec.structs.replace(plan.policy, agreement=timedelta(seconds=30)),
        budgets=msgspec.structs.replace(plan.budgets, triage=timedelta(seconds=60)),
    )


def _latest(ctx: DrillContext, identifier: str) -> float:
    rds = ctx.world.client("rds", ctx.primary)
    found = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0].get("LatestRestorableTime")
    return found.timestamp() if isinstance(found, datetime) else 0.0
