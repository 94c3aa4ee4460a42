"""A replica that replays later, made as the how-to says; and what it did for a database whose data went wrong."""

from __future__ import annotations

from datetime import timedelta

from drills.engine.context import DrillContext
from drills.scenarios.restore import damage
from lyo_dr.model.plan import DelayedReplica

_AVAILABLE_SECONDS = 40.0
_REGION, _IDENTIFIER = "eu-west-1", "lyo-saas-production-postgres-delayed"
DELAYED = DelayedReplica(instances={_REGION: _IDENTIFIER}, delay=timedelta(seconds=40))
"""Longer than bookings go on before the damage: without being brought nearer to it, it would hold none of them."""


def make_replica(ctx: DrillContext) -> None:
    """A parameter group with the replica's own name, and the replica (docs/how-to/delayed-replica.md)."""
    rds, database = ctx.world.client("rds", ctx.primary), ctx.world.plan.databases[0]
    milliseconds = round(DELAYED.delay.total_seconds() * 1000)
    ctx.screen.stage(f"Making a replica that replays {DELAYED.delay.total_seconds():g} s later")
    rds.create_db_parameter_group(
        DBParameterGroupName=_IDENTIFIER, DBParameterGroupFamily="postgres18", Description="Replays later"
    )
    delay = {"ParameterName": "recovery_min_apply_delay", "ParameterValue": str(milliseconds)}
    dated = {"ParameterName": "track_commit_timestamp", "ParameterValue": "1"}
    rds.modify_db_parameter_group(
        DBParameterGroupName=_IDENTIFIER,
        Parameters=[{**delay, "ApplyMethod": "immediate"}, {**dated, "ApplyMethod": "pending-reboot"}],
    )
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier=_IDENTIFIER, SourceDBInstanceIdentifier=database.instances[ctx.primary]
    )
    ctx.wait_until(lambda: _status(ctx) == "available", _AVAILABLE_SECONDS)
    rds.modify_db_instance(DBInstanceIdentifier=_IDENTIFIER, DBParameterGroupName=_IDENTIFIER, ApplyImmediately=True)
    ctx.wait_until(lambda: _status(ctx) == "available", _AVAILABLE_SECONDS)
    rds.reboot_db_instance(DBInstanceIdentifier=_IDENTIFIER)
    ctx.wait_until(lambda: _status(ctx) == "available", _AVAILABLE_SECONDS)


def make_replica_that_replays_on(ctx: DrillContext) -> None:
    """The same, where a promotion replays everything that was received, as PostgreSQL's own does."""
    make_replica(ctx)
    ctx.world.host.set_faults(promotion_replays=[_IDENTIFIER])


def collect(ctx: DrillContext) -> dict[str, str]:
    """Also what the parameter group says in the end: it is meant for the next replica."""
    rds = ctx.world.client("rds", ctx.primary)
    parameters = rds.describe_db_parameters(DBParameterGroupName=_IDENTIFIER)["Parameters"]
    found = [each.get("ParameterValue", "") for each in parameters if "apply_delay" in each["ParameterName"]]
    return damage.collect(ctx) | {"delay in the group": ", ".join(found)}


def _status(ctx: DrillContext) -> str:
    rds = ctx.world.client("rds", ctx.primary)
    found = rds.describe_db_instances(DBInstanceIdentifier=_IDENTIFIER)["DBInstances"]
    return str(found[0]["DBInstanceStatus"])
