"""Static parameters of a group: in force from the creation or the next restart on, and off in the default group."""

from __future__ import annotations

import pytest

from tests.local_aws.data_plane.data_plane_world import World

HOME, AWAY = "ap-south-1", "ca-central-1"


def dated(world: World, region: str, name: str) -> str:
    with world.sql(region, name) as connection:
        row = connection.execute("show track_commit_timestamp").fetchone()
    assert row is not None
    return str(row[0])


def applied(world: World, name: str) -> tuple[str, str]:
    """The parameter group of an instance, and whether it is in force."""
    found = world.client("rds", HOME).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    (group,) = found["DBParameterGroups"]
    return group["DBParameterGroupName"], group["ParameterApplyStatus"]


@pytest.fixture(scope="module")
def group(world: World) -> str:
    return world.given_group(HOME, "dated", track_commit_timestamp="1")


@pytest.fixture(scope="module")
def source(world: World, group: str) -> str:
    world.given_database(HOME, "dated-source", DBParameterGroupName=group)
    return "dated-source"


def test_c6_commits_have_no_times_in_the_default_group(world: World) -> None:
    world.given_database(HOME, "undated", retention=0)
    assert dated(world, HOME, "undated") == "off"


def test_c6_a_static_parameter_is_in_force_from_the_creation_on(world: World, source: str) -> None:
    assert dated(world, HOME, source) == "on"
    assert applied(world, source) == ("dated", "in-sync")


def test_c6_a_group_that_is_given_later_is_in_force_after_a_restart_only(world: World, group: str) -> None:
    world.given_database(HOME, "late", retention=0)
    rds = world.client("rds", HOME)
    rds.modify_db_instance(DBInstanceIdentifier="late", DBParameterGroupName=group, ApplyImmediately=True)
    world.available(HOME, "late")
    assert dated(world, HOME, "late") == "off"
    assert applied(world, "late") == (group, "pending-reboot")
    rds.reboot_db_instance(DBInstanceIdentifier="late")
    world.available(HOME, "late")
    assert dated(world, HOME, "late") == "on"
    assert applied(world, "late") == (group, "in-sync")


def test_c6_a_replica_in_another_region_has_the_default_group_whatever_its_source_has(
    world: World, source: str
) -> None:
    world.given_replica(AWAY, "undated-replica", HOME, source)
    world.client("rds", AWAY).promote_read_replica(DBInstanceIdentifier="undated-replica", BackupRetentionPeriod=0)
    world.available(AWAY, "undated-replica")
    assert dated(world, AWAY, "undated-replica") == "off"


@pytest.mark.parametrize(("said", "expected"), [(True, "on"), (False, "off")])
def test_c6_a_restored_instance_dates_its_commits_only_with_a_group_that_does(
    world: World, source: str, group: str, said: bool, expected: str
) -> None:
    rds, name = world.client("rds", HOME), f"restored-{expected}"
    rds.create_db_snapshot(DBInstanceIdentifier=source, DBSnapshotIdentifier=f"of-{name}")
    world.available(HOME, source)
    more = {"DBParameterGroupName": group} if said else {}
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"of-{name}", **more)
    world.available(HOME, name)
    assert dated(world, HOME, name) == expected
