"""RDS for the cases of restores: what takes effect twice there is refused or seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.killed.stage import Stage
from tests.unit.aws import refusal
from tests.unit.builders import IRELAND, PRIMARY, REPLICA, at
from tests.unit.delayed import DelayedRds


@dataclass
class Rds(DelayedRds):
    """Instances, snapshots and replicas of both regions under one roof: their names differ."""

    snapshots: dict[str, dict[str, Any]] = field(default_factory=dict)
    backup_arn: str = ""

    def describe_db_instance_automated_backups(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A day, and what is to come; where the case wants it, replicated here from the other region."""
        answer = super().describe_db_instance_automated_backups(asked)
        if self.backup_arn:
            answer["DBInstanceAutomatedBackups"][0] |= {
                "Region": IRELAND,
                "DBInstanceIdentifier": PRIMARY,
                "DBInstanceArn": f"arn:aws:rds:{IRELAND}:123456789012:db:{PRIMARY}",
                "DBInstanceAutomatedBackupsArn": self.backup_arn,
                "Status": "replicating",
            }
        return answer

    def describe_db_snapshots(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Of one instance."""
        return {
            "DBSnapshots": [
                one for one in self.snapshots.values() if one["DBInstanceIdentifier"] == asked["DBInstanceIdentifier"]
            ]
        }

    def create_db_snapshot(self, asked: dict[str, Any]) -> dict[str, Any]:
        """There at once. Raises ClientError for a name that is taken."""
        name = asked["DBSnapshotIdentifier"]
        if name in self.snapshots:
            raise refusal("DBSnapshotAlreadyExists")
        about = {"DBSnapshotIdentifier": name, "DBInstanceIdentifier": asked["DBInstanceIdentifier"]}
        self.snapshots[name] = {**about, "Status": "available", "SnapshotCreateTime": at(0)}
        return {}

    def restore_db_instance_to_point_in_time(self, asked: dict[str, Any]) -> dict[str, Any]:
        """It is being made. Raises ClientError for a name that is taken."""
        self._must_be_free(asked["TargetDBInstanceIdentifier"])
        return super().restore_db_instance_to_point_in_time(asked)

    def create_db_instance_read_replica(self, asked: dict[str, Any]) -> dict[str, Any]:
        """It is being made. Raises ClientError for a name that is taken."""
        name = asked["DBInstanceIdentifier"]
        self._must_be_free(name)
        self.given(name, tags=asked["Tags"], status="creating")
        self.instances[name]["ReadReplicaSourceDBInstanceIdentifier"] = asked["SourceDBInstanceIdentifier"]
        return {}

    def modify_db_instance(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Its name at once, too. Raises ClientError for an instance that is not there."""
        answer = super().modify_db_instance(asked)
        if name := asked.get("NewDBInstanceIdentifier"):
            raw = self.instances.pop(asked["DBInstanceIdentifier"])
            self.instances[name] = {**raw, "DBInstanceIdentifier": name}
        return answer

    def reboot_db_instance(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Under way; what a group says is in force then. Raises ClientError for an instance that is busy."""
        raw = self._idle(asked)
        if raw["DBInstanceStatus"] != "available":
            raise refusal("InvalidDBInstanceState")
        raw["DBInstanceStatus"] = "rebooting"
        raw["DBParameterGroups"][0]["ParameterApplyStatus"] = "in-sync"
        return {}

    def state(self) -> dict[str, Any]:
        """What is compared in the end."""
        return {
            "instances": self.instances,
            "snapshots": self.snapshots,
            "delay as planned": self.delays[-1] == self.delays[0],
            "held": self.held,
        }

    def _must_be_free(self, name: str) -> None:
        if name in self.instances:
            raise refusal("DBInstanceAlreadyExists")


def given_rds(stage: Stage, instance: str = REPLICA) -> Rds:
    """RDS with one instance in it."""
    fake = Rds(now=stage.now)
    fake.given(instance)
    stage.patch.setattr(stage.calls, "_rds", fake)
    stage.kept["rds"] = fake.state
    return fake


def all_available(stage: Stage) -> None:
    """What was being made is there."""
    stage.calls._rds.all_available()  # type: ignore[attr-defined]
