"""Fault 44: a restore meets an existing name, or an instance that comes to nothing."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.adapters.aws.backups import INCIDENT_TAG, made_by, restored_settings
from lyo_dr.decisions.restoring import beside_progress
from lyo_dr.model.restore import Beside, Target
from tests.unit.vocabulary import NOON, at

BUDGET = at(3600) - NOON


def found(status: str = "available", incident: str = "inc-1") -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": "bookings-r-12345678-1",
        "DBInstanceStatus": status,
        "Endpoint": {"Address": "new.example", "Port": 5432},
        "TagList": [{"Key": INCIDENT_TAG, "Value": incident}],
    }


def progress(raw: dict[str, Any], seconds: float = 0) -> Beside:
    return beside_progress(
        raw,
        ours=made_by(raw, "inc-1"),
        target=Target(kind="moment", at=at(-60)),
        started_at=NOON,
        budget=BUDGET,
        now=at(seconds),
        poll=15,
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
    assert progress(found(status)).sentence == f"bookings-r-12345678-1 is {status} and no use"


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
        "StorageType": "gp3",
        "DBSubnetGroupName": "private",
        "VpcSecurityGroupIds": ["sg-1"],
        "DBParameterGroupName": "tuned",
        "EnableCloudwatchLogsExports": ["postgresql"],
        "EnableIAMDatabaseAuthentication": False,
        "MultiAZ": False,
        "Tags": [{"Key": "team", "Value": "booking"}, {"Key": INCIDENT_TAG, "Value": "inc-1"}],
    }
