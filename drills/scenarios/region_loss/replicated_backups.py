"""The replica is no use, and the region is lost: what is left are the backups in the other region."""

from __future__ import annotations

import json
import time
from datetime import datetime
from functools import partial

from drills.engine.context import DrillContext
from drills.scenarios import bad_migration, faults

_ARCHIVED_SECONDS = 60.0
_SPREAD_SECONDS = 6.0
"""In which people go on booking, and the damage arrives in the replica and in the backups."""


def replicate_backups(ctx: DrillContext) -> None:
    """Keep a copy of the primary's automated backups in the recovery region, as onboarding does."""
    rds = ctx.world.client("rds", ctx.secondary)
    for database in ctx.world.plan.databases:
        arn = ctx.world.names(ctx.primary).instance(database.instances[ctx.primary])
        rds.start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn, BackupRetentionPeriod=7)


def damage_and_lose(ctx: DrillContext) -> float:
    """A migration forgets its WHERE; some seconds later the whole region goes."""
    began = time.time()
    ctx.screen.stage("Waiting until the replica has passed its questions and its backups hold a part of the bookings")
    ctx.wait_until(partial(_ready_since, ctx, began), _ARCHIVED_SECONDS)
    ctx.let_pass(1.5)
    ctx.notes["damaged at"] = bad_migration.run(ctx)
    ctx.screen.stage("A migration forgets its WHERE: every appointment has lost its customer, in both regions")
    ctx.let_pass(_SPREAD_SECONDS)
    return faults.lose_primary(ctx)


def delete_replica_and_lose(ctx: DrillContext) -> float:
    """Delete the replica; the whole region is lost before there is a new one."""
    began = time.time()
    ctx.screen.stage("Waiting until the replica's settings are kept and its backups hold a part of the bookings")
    ctx.wait_until(partial(_ready_since, ctx, began), _ARCHIVED_SECONDS)
    rds = ctx.world.client("rds", ctx.secondary)
    for database in ctx.world.plan.databases:
        replica = database.instances[ctx.secondary]
        rds.modify_db_instance(DBInstanceIdentifier=replica, DeletionProtection=False, ApplyImmediately=True)
        ctx.wait_until(partial(_idle, ctx, replica), _ARCHIVED_SECONDS)
        rds.delete_db_instance(DBInstanceIdentifier=replica, SkipFinalSnapshot=True)
    ctx.screen.stage("Somebody deletes the replica")
    ctx.let_pass(_SPREAD_SECONDS)
    return faults.lose_primary(ctx)


def book_on(ctx: DrillContext) -> None:
    """Until bookings resume; the database is where the secret of the recovery region leads."""
    ctx.wait_until(ctx.books, 30.0)
    ctx.read_address_again(ctx.secondary)


def collect(ctx: DrillContext) -> dict[str, str]:
    """How many rows carry the damage where users are served now, and which instances the recovery region has."""
    found = ctx.world.client("rds", ctx.secondary).describe_db_instances()["DBInstances"]
    names = ", ".join(sorted(instance["DBInstanceIdentifier"] for instance in found))
    return {"damaged rows": bad_migration.damaged_rows(ctx, ctx.secondary), ctx.secondary: names}


def _idle(ctx: DrillContext, instance: str) -> bool:
    found = ctx.world.client("rds", ctx.secondary).describe_db_instances(DBInstanceIdentifier=instance)
    return bool(found["DBInstances"][0]["DBInstanceStatus"] == "available")


def _ready_since(ctx: DrillContext, began: float) -> bool:
    return _good(ctx) > began and _latest(ctx) > began


def _good(ctx: DrillContext) -> float:
    """The last run the replica passed, on record in the recovery region."""
    found = ctx.world.client("dynamodb", ctx.secondary).get_item(
        TableName=ctx.world.names(ctx.secondary).table,
        Key={"pk": {"S": f"DATABASE#{ctx.world.plan.databases[0].name}"}, "sk": {"S": "GOOD"}},
    )
    if "Item" not in found:
        return 0.0
    return datetime.fromisoformat(json.loads(found["Item"]["run"]["S"])["at"]).timestamp()


def _latest(ctx: DrillContext) -> float:
    kept = ctx.world.client("rds", ctx.secondary).describe_db_instance_automated_backups()
    ends = [backup.get("RestoreWindow", {}).get("LatestTime") for backup in kept["DBInstanceAutomatedBackups"]]
    return max((end.timestamp() for end in ends if end is not None), default=0.0)
