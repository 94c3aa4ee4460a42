"""RDS for the tests of restores: instances that are made, kept and deleted. One region, at the level of the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import xform_name

from lyo_dr.adapters.aws.rds_backups import PROBE_TAG
from tests.unit.aws import World, refusal
from tests.unit.builders import OREGON, REPLICA, at


@dataclass
class FakeRds:
    """RDS, as far as a restore asks it; the database lives in Oregon, in the instance of the plan."""

    instances: dict[str, dict[str, Any]] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)

    def __call__(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """In the place of the API."""
        answer: dict[str, Any] = getattr(self, xform_name(operation))(asked)
        return answer

    def describe_db_instances(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One of them. Raises ClientError."""
        return {"DBInstances": [self._existing(asked)]}

    def describe_db_instance_automated_backups(self, _: dict[str, Any]) -> dict[str, Any]:
        """A day, and what is to come."""
        window = {"EarliestTime": at(-86400), "LatestTime": at(600)}
        return {"DBInstanceAutomatedBackups": [{"Region": OREGON, "RestoreWindow": window}]}

    def describe_db_snapshots(self, _: dict[str, Any]) -> dict[str, Any]:
        """None."""
        return {"DBSnapshots": []}

    def restore_db_instance_to_point_in_time(self, asked: dict[str, Any]) -> dict[str, Any]:
        """It is being made."""
        thrown_away = PROBE_TAG in {tag["Key"] for tag in asked["Tags"]}
        assert not thrown_away or asked["DeletionProtection"] is False
        self.given(asked["TargetDBInstanceIdentifier"], tags=asked["Tags"], status="creating")
        return {}

    def restore_db_instance_from_db_snapshot(self, asked: dict[str, Any]) -> dict[str, Any]:
        """It is being made."""
        self.given(asked["DBInstanceIdentifier"], tags=asked["Tags"], status="creating")
        return {}

    def delete_db_instance(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Gone at once. Raises ClientError while it is busy, or protected."""
        raw = self._idle(asked)
        if raw["DeletionProtection"]:
            raise refusal("InvalidParameterCombination", "Cannot delete protected DB Instance")
        del self.instances[asked["DBInstanceIdentifier"]]
        return {}

    def modify_db_instance(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Protected from deletion. Raises ClientError while it is busy."""
        self._idle(asked)["DeletionProtection"] = asked["DeletionProtection"]
        return {}

    def remove_tags_from_resource(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Without some of its tags."""
        raw = self.instances[asked["ResourceName"].rpartition(":")[2]]
        raw["TagList"] = [tag for tag in raw["TagList"] if tag["Key"] not in asked["TagKeys"]]
        return {}

    def given(self, name: str, *, tags: list[dict[str, str]] | None = None, status: str = "available") -> None:
        """It is there."""
        self.instances[name] = {
            "DBInstanceIdentifier": name,
            "DBInstanceArn": f"arn:aws:rds:{OREGON}:123456789012:db:{name}",
            "DBInstanceStatus": status,
            "DBInstanceClass": "db.r6g.large",
            "DeletionProtection": name == REPLICA,
            "Endpoint": {"Address": "h", "Port": 5432},
            "TagList": tags or [],
        }

    def all_available(self) -> None:
        """What was being made is there."""
        for raw in self.instances.values():
            raw["DBInstanceStatus"] = "available"

    @property
    def names(self) -> set[str]:
        """All but the database itself."""
        return set(self.instances) - {REPLICA}

    def _existing(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["DBInstanceIdentifier"] not in self.instances:
            raise refusal("DBInstanceNotFound")
        return self.instances[asked["DBInstanceIdentifier"]]

    def _idle(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["DBInstanceIdentifier"] in self.busy:
            raise refusal("InvalidDBInstanceState")
        return self._existing(asked)


def given_rds(world: World, monkeypatch: pytest.MonkeyPatch, instance: str) -> FakeRds:
    """RDS of one world, with one instance in it."""
    fake = FakeRds()
    fake.given(instance)
    monkeypatch.setattr(world.calls, "_rds", fake)
    return fake
