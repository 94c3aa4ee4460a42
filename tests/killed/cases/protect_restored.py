"""The cases of ``protect_restored``: up to the end of what each of them does, as the machine runs them."""

from __future__ import annotations

from typing import Any

from tests.killed.cases.database_restore import restored
from tests.killed.cases.protect_database import FAILED
from tests.killed.given import app_secret, login, of_database
from tests.killed.harness import Case
from tests.killed.rds import all_available
from tests.killed.stage import Stage
from tests.unit.builders import IRELAND, PRIMARY


def _damaged(stage: Stage) -> dict[str, Any]:
    event, rds = restored(stage)
    rds.snapshots["taken"] = {"DBSnapshotIdentifier": "taken", "DBInstanceIdentifier": "x", "Status": "available"}
    stage.world.ctx().store.databases.move("bookings", event["beside"].identifier)
    return event


def _with_replica(stage: Stage) -> dict[str, Any]:
    event = _damaged(stage)
    app_secret(stage, IRELAND)
    login(stage, IRELAND)
    rds = stage.calls._rds
    rds.given(PRIMARY)  # type: ignore[attr-defined]
    rds.instances[PRIMARY]["ReadReplicaSourceDBInstanceIdentifier"] = "arn:aws:rds:us-west-2:123456789012:db:old"  # type: ignore[attr-defined]
    return event


def _with_group(stage: Stage) -> dict[str, Any]:
    """Its predecessor has a parameter group of its own, and the new replica has it, not yet in force."""
    event = _with_replica(stage)
    rds, names = stage.calls._rds, stage.world.ctx().names
    aside = names.damaged(PRIMARY, event["incident"].id)
    rds.given(aside)  # type: ignore[attr-defined]
    for name, applied in ((aside, "in-sync"), (PRIMARY, "pending-reboot")):
        group = {"DBParameterGroupName": "tuned", "ParameterApplyStatus": applied}
        rds.instances[name]["DBParameterGroups"] = [group]  # type: ignore[attr-defined]
    arn = rds.instances[event["beside"].identifier]["DBInstanceArn"]  # type: ignore[attr-defined]
    rds.instances[PRIMARY]["ReadReplicaSourceDBInstanceIdentifier"] = arn  # type: ignore[attr-defined]
    return event


def _streaming(stage: Stage) -> None:
    all_available(stage)
    for raw in stage.calls._rds.instances.values():  # type: ignore[attr-defined]
        if "ReadReplicaSourceDBInstanceIdentifier" in raw:
            raw["StatusInfos"] = [{"StatusType": "read replication", "Status": "replicating"}]


CASES = {
    "keep_damaged": Case(_damaged, until="ready"),
    "replicate_again": [
        Case(_with_replica, until="ready", between=_streaming),
        Case(_with_group, until="ready", between=_streaming),
    ],
    "add_zone": Case(_damaged, until="ready"),
    "announce_unprotected": Case(lambda stage: of_database(stage, so_far=FAILED)),
}
