"""Fault 44: a restore meets an existing name, or an instance that comes to nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.rds_backups import INCIDENT_TAG, Backups, made_by, restored_settings
from lyo_dr.decisions.restore.new_instance import beside_progress
from lyo_dr.model.restore import NewInstance, Target
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.steps.database_restore import restore_to_new_instance
from tests.unit.aws import World, refusal
from tests.unit.builders import NOON, OREGON, REPLICA, a_deadline, at
from tests.unit.restores import given_rds

BUDGET = at(3600) - NOON


def found(status: str = "available", incident: str = "inc-1") -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": "bookings-r-12345678-1",
        "DBInstanceStatus": status,
        "Endpoint": {"Address": "new.example", "Port": 5432},
        "TagList": [{"Key": INCIDENT_TAG, "Value": incident}],
    }


def progress(raw: dict[str, Any], seconds: float = 0) -> NewInstance:
    return beside_progress(
        raw,
        ours=made_by(raw, "inc-1"),
        target=Target(kind="moment", at=at(-60)),
        deadline=a_deadline(BUDGET, spent=seconds),
    )


def test_fault_44_an_instance_with_this_incidents_tag_is_adopted() -> None:
    verdict = progress(found())
    assert (verdict.status, verdict.host, verdict.port) == ("ready", "new.example", 5432)


@pytest.mark.parametrize("status", ["available", "creating", "failed"])
def test_fault_44_one_that_somebody_else_made_is_refused_and_left_alone(status: str) -> None:
    verdict = progress(found(status, incident="another"))
    assert verdict.status == "broken"
    assert verdict.sentence == "bookings-r-12345678-1 exists and was not made by this incident"


@pytest.mark.parametrize("status", ["creating", "backing-up", "modifying"])
def test_fault_44_one_that_is_being_made_is_waited_for_within_the_budget(status: str) -> None:
    assert progress(found(status)).status == "pending"
    assert progress(found(status), seconds=3600).status == "broken"


@pytest.mark.parametrize("status", ["inaccessible-encryption-credentials", "incompatible-restore", "storage-full"])
def test_fault_44_a_disabled_key_or_a_full_disk_ends_it_with_the_reason(status: str) -> None:
    assert progress(found(status)).sentence == f"bookings-r-12345678-1 is {status} and unusable"


def test_fault_44_the_new_instance_has_every_setting_of_its_source_and_its_own_tag() -> None:
    source = {
        "DBInstanceClass": "db.r6g.large",
        "DBSubnetGroup": {"DBSubnetGroupName": "private"},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
        "DBParameterGroups": [{"DBParameterGroupName": "tuned"}],
        "DeletionProtection": True,
        "CopyTagsToSnapshot": True,
        "PubliclyAccessible": False,
        "StorageType": "gp3",
        "AllocatedStorage": 50,
        "Iops": 3000,
        "StorageThroughput": 125,
        "MaxAllocatedStorage": 200,
        "EnabledCloudwatchLogsExports": ["postgresql"],
        "IAMDatabaseAuthenticationEnabled": False,
        "MultiAZ": True,
        "TagList": [
            {"Key": "team", "Value": "booking"},
            {"Key": "aws:cloudformation:stack-name", "Value": "x"},
            {"Key": INCIDENT_TAG, "Value": "an earlier one"},
        ],
    }
    assert restored_settings(source, "inc-1") == {
        "DBInstanceClass": "db.r6g.large",
        "PubliclyAccessible": False,
        "CopyTagsToSnapshot": True,
        "DeletionProtection": True,
        "MaxAllocatedStorage": 200,
        "DBSubnetGroupName": "private",
        "VpcSecurityGroupIds": ["sg-1"],
        "DBParameterGroupName": "tuned",
        "EnableCloudwatchLogsExports": ["postgresql"],
        "EnableIAMDatabaseAuthentication": False,
        "MultiAZ": False,
        "Tags": [{"Key": "team", "Value": "booking"}, {"Key": INCIDENT_TAG, "Value": "inc-1"}],
    }


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        ({"StorageType": "gp3", "AllocatedStorage": 399, "Iops": 3000, "StorageThroughput": 125}, {}),
        ({"StorageType": "gp3", "Iops": 3000}, {}),
        (
            {"StorageType": "gp3", "AllocatedStorage": 400, "Iops": 12000, "StorageThroughput": 500},
            {"StorageType": "gp3", "Iops": 12000, "StorageThroughput": 500},
        ),
        (
            {"StorageType": "io2", "AllocatedStorage": 100, "Iops": 2000, "StorageThroughput": 0},
            {"StorageType": "io2", "Iops": 2000},
        ),
        ({"StorageType": "gp2", "AllocatedStorage": 100}, {"StorageType": "gp2"}),
    ],
    ids=["too small to choose", "of an unknown size", "large enough", "provisioned", "gp2"],
)
def test_fault_44_iops_and_throughput_are_said_only_where_rds_takes_them_back(
    storage: dict[str, Any], said: dict[str, Any]
) -> None:
    settings = restored_settings(storage, "inc-1")
    assert {name: settings[name] for name in settings if name in (*storage, "AllocatedStorage")} == said


@pytest.mark.parametrize("kind", ["moment", "latest", "snapshot"])
def test_fault_44_every_way_to_restore_says_only_what_the_sdk_takes(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    fake = given_rds(world, monkeypatch, REPLICA)
    fake.instances[REPLICA] |= {"MaxAllocatedStorage": 200, "StorageType": "gp3", "AllocatedStorage": 50, "Iops": 3000}
    target = Target(kind=kind, at=at(-60) if kind == "moment" else None, snapshot="s" if kind == "snapshot" else None)
    backups = Backups(OREGON)
    backups.restore(backups.describe(REPLICA), "new-1", target, "inc-1")
    assert "new-1" in fake.instances


def test_fault_44_an_instance_that_is_there_after_all_is_looked_at_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that took effect and was not heard of is made again by botocore, and RDS says that the name is taken."""
    fake, incident = given_rds(world, monkeypatch, REPLICA), world.given_incident()
    world.ctx().store.incidents.record_once(incident.id, "DAMAGED", "bookings", instance=REPLICA)
    Attempts(world.ctx(), incident.id).add(1, Target(kind="latest"))
    event = {"incident": msgspec.to_builtins(incident), "database": "bookings"}
    event["started_at"] = incident.opened_at.isoformat()

    def taken(_asked: dict[str, Any]) -> dict[str, Any]:
        fake.given(name, tags=[{"Key": INCIDENT_TAG, "Value": incident.id}])
        raise refusal("DBInstanceAlreadyExists", "it is there")

    name = world.ctx().names.restored(REPLICA, incident.id, 1)
    monkeypatch.setattr(fake, "restore_db_instance_to_point_in_time", taken)
    first = restore_to_new_instance.handler(event)
    assert (first["status"], "RDS refused for now" in first["sentence"]) == ("pending", True)
    assert restore_to_new_instance.handler(event)["status"] == "ready"
