"""The replica is no use, and the region is lost: what is left are the backups in the other region."""

from __future__ import annotations

import json
import time
from datetime import datetime
from functools import partial

from drills.engine.context import DrillContext
from drills.scenarios import faults
from drills.scenarios.restore.damage import damaged_rows

_ARCHIVED_SECONDS = 60.0
_SPREAD_SECONDS = 6.0
"""In which people go on booking, and the damage arrives in the replica and in the backups."""


def replicate_backups(scene: DrillContext) -> None:
    """Keep a copy of the primary's automated backups in the recovery region, as onboarding does."""
    rds = scene.world.client("rds", scene.secondary)
    for database in scene.world.plan.databases:
        arn = scene.world.names(scene.primary).instance(database.instances[scene.primary])
        rds.start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn, BackupRetentionPeriod=7)


def damage_and_lose(scene: DrillContext) -> float:
    """A migration forgets its WHERE; some seconds later the whole region goes."""
    began = time.time()
    scene.screen.stage("Waiting until the replica has passed its questions and its backups hold a part of the bookings")
    scene.wait_until(partial(_ready_since, scene, began), _ARCHIVED_SECONDS)
    scene.let_pass(1.5)
    with scene.sql(scene.primary) as connection:
        scene.notes["damaged at"] = time.time()
        connection.execute("update lyo_appointments set customer = ''")
    scene.screen.stage("A migration forgets its WHERE: every appointment has lost its customer, in both regions")
    scene.let_pass(_SPREAD_SECONDS)
    return faults.lose_primary(scene)


def delete_replica_and_lose(scene: DrillContext) -> float:
    """Somebody deletes the replica; before a new one is made the whole region goes."""
    began = time.time()
    scene.screen.stage("Waiting until the replica's settings are kept and its backups hold a part of the bookings")
    scene.wait_until(partial(_ready_since, scene, began), _ARCHIVED_SECONDS)
    rds = scene.world.client("rds", scene.secondary)
    for database in scene.world.plan.databases:
        replica = database.instances[scene.secondary]
        rds.modify_db_instance(DBInstanceIdentifier=replica, DeletionProtection=False, ApplyImmediately=True)
        scene.wait_until(partial(_idle, scene, replica), _ARCHIVED_SECONDS)
        rds.delete_db_instance(DBInstanceIdentifier=replica, SkipFinalSnapshot=True)
    scene.screen.stage("Somebody deletes the replica")
    scene.let_pass(_SPREAD_SECONDS)
    return faults.lose_primary(scene)


def book_on(scene: DrillContext) -> None:
    """Until bookings resume; the database is where the secret of the recovery region leads."""
    scene.wait_until(scene.books, 30.0)
    scene.read_address_again(scene.secondary)


def look(scene: DrillContext) -> dict[str, str]:
    """How many rows carry the damage where users are served now, and which instances the recovery region has."""
    found = scene.world.client("rds", scene.secondary).describe_db_instances()["DBInstances"]
    names = ", ".join(sorted(instance["DBInstanceIdentifier"] for instance in found))
    return {"damaged rows": damaged_rows(scene, scene.secondary), scene.secondary: names}


def _idle(scene: DrillContext, instance: str) -> bool:
    found = scene.world.client("rds", scene.secondary).describe_db_instances(DBInstanceIdentifier=instance)
    return bool(found["DBInstances"][0]["DBInstanceStatus"] == "available")


def _ready_since(scene: DrillContext, began: float) -> bool:
    return _good(scene) > began and _latest(scene) > began


def _good(scene: DrillContext) -> float:
    """The last run the replica passed, on record in the recovery region."""
    found = scene.world.client("dynamodb", scene.secondary).get_item(
        TableName=scene.world.names(scene.secondary).table,
        Key={"pk": {"S": f"DATABASE#{scene.world.plan.databases[0].name}"}, "sk": {"S": "GOOD"}},
    )
    if "Item" not in found:
        return 0.0
    return datetime.fromisoformat(json.loads(found["Item"]["run"]["S"])["at"]).timestamp()


def _latest(scene: DrillContext) -> float:
    kept = scene.world.client("rds", scene.secondary).describe_db_instance_automated_backups()
    ends = [backup.get("RestoreWindow", {}).get("LatestTime") for backup in kept["DBInstanceAutomatedBackups"]]
    return max((end.timestamp() for end in ends if end is not None), default=0.0)
