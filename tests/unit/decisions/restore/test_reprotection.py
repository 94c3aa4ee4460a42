"""After a restore, one change a look: by what both regions say now."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.restore.reprotection import Do, keep_next, replica_next

ARN = "arn:aws:rds:eu-west-1:1:db:"


def an_instance(name: str, status: str = "available", **more: Any) -> dict[str, Any]:
    return {"DBInstanceIdentifier": name, "DBInstanceStatus": status, "DBInstanceArn": ARN + name, **more}


def follower(source: str, status: str = "available", streams: bool = True) -> dict[str, Any]:
    infos = [{"StatusType": "read replication", "Status": "replicating" if streams else "error"}]
    return an_instance("replica", status, ReadReplicaSourceDBInstanceIdentifier=ARN + source, StatusInfos=infos)


def in_group(name: str, instance: dict[str, Any], applied: str = "in-sync") -> dict[str, Any]:
    group = {"DBParameterGroupName": name, "ParameterApplyStatus": applied}
    return {**instance, "DBParameterGroups": [group]}


TUNED = in_group("tuned", an_instance("aside"))


@pytest.mark.parametrize(
    ("found", "kept", "snapshot", "do"),
    [
        (an_instance("db"), None, "creating", "wait"),
        (an_instance("db", "backing-up"), None, "available", "wait"),
        (an_instance("db"), None, "available", "rename"),
        (an_instance("db"), None, None, "rename"),
        (an_instance("db", "renaming"), None, "available", "wait"),
        (None, None, "available", "wait"),
        (None, an_instance("db-damaged-1"), "available", "nothing"),
    ],
)
def test_the_damaged_instance_is_put_aside_after_its_snapshot(
    found: dict[str, Any] | None, kept: dict[str, Any] | None, snapshot: str | None, do: Do
) -> None:
    assert keep_next(found, kept, snapshot, "db-damaged-1").do == do


@pytest.mark.parametrize(
    ("replica", "old", "source", "do"),
    [
        (follower("damaged"), None, "available", "rename"),
        (follower("damaged", "renaming"), None, "available", "wait"),
        (None, None, "available", "wait"),
        (None, an_instance("aside"), "available", "replicate"),
        (None, an_instance("aside"), "modifying", "wait"),
        (follower("new", "creating", streams=False), an_instance("aside"), "available", "wait"),
        (follower("new", streams=False), an_instance("aside"), "available", "wait"),
        (follower("new"), an_instance("aside"), "available", "point"),
        (in_group("tuned", follower("new")), in_group("tuned", an_instance("aside")), "available", "point"),
        (in_group("default", follower("new")), in_group("tuned", an_instance("aside")), "available", "settings"),
        (
            in_group("default", follower("new", "modifying")),
            in_group("tuned", an_instance("aside")),
            "available",
            "wait",
        ),
        (in_group("default", follower("new")), None, "available", "point"),
        (in_group("tuned", follower("new"), "pending-reboot"), TUNED, "available", "reboot"),
        (in_group("tuned", follower("new"), "pending-reboot"), None, "available", "reboot"),
        (in_group("tuned", follower("new", streams=False), "pending-reboot"), TUNED, "available", "reboot"),
        (in_group("tuned", follower("new", "rebooting"), "pending-reboot"), TUNED, "available", "wait"),
        (in_group("tuned", follower("new"), "applying"), TUNED, "available", "wait"),
        (in_group("tuned", follower("new"), "in-sync"), TUNED, "available", "point"),
        (in_group("default", follower("new"), "pending-reboot"), TUNED, "available", "settings"),
        (in_group("tuned", follower("damaged"), "pending-reboot"), None, "available", "rename"),
    ],
)
def test_the_other_region_follows_the_restored_instance_under_the_name_of_the_plan(
    replica: dict[str, Any] | None, old: dict[str, Any] | None, source: str, do: Do
) -> None:
    assert replica_next(replica, old, an_instance("new", source), "replica").do == do
