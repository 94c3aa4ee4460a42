"""RDS: restores, snapshots, new names and backups in another region, with real rows behind every answer."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError

from local_aws.data_plane.processes import wait_until
from tests.local_aws.data_plane.data_plane_world import World

HOME, AWAY = "ap-northeast-1", "ap-southeast-1"
SECOND = timedelta(seconds=1)


class Ledger:
    """A database with a table of numbered rows, and the moments between them."""

    def __init__(self, world: World, region: str, name: str) -> None:
        self.world, self.region, self.name = world, region, name
        self.rds = world.client("rds", region)

    def write(self, number: int) -> None:
        """Add a row."""
        with self.world.sql(self.region, self.name) as connection:
            connection.execute("create table if not exists marks (id int primary key)")
            connection.execute("insert into marks values (%s)", [number])

    def moment(self) -> datetime:
        """A whole second with nothing written at it or just before."""
        time.sleep(1.1)
        now = datetime.now(UTC).replace(microsecond=0)
        time.sleep(1.1)
        return now

    def covers(self, moment: datetime) -> None:
        """Write until ``moment`` can be restored."""

        def done() -> bool:
            with self.world.sql(self.region, self.name) as connection:
                connection.execute("insert into marks select greatest(max(id), 1000) + 1 from marks")
            latest = self.world.instance(self.region, self.name).get("LatestRestorableTime")
            return latest is not None and latest >= moment

        wait_until(done, 30, f"{self.name} being restorable to {moment}", every=0.3)


def rows(world: World, region: str, name: str) -> list[int]:
    """The numbers below a thousand."""
    with world.sql(region, name) as connection:
        found = connection.execute("select id from marks where id < 1000 order by id").fetchall()
        return [row[0] for row in found]


def refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture(scope="module")
def damaged(world: World) -> tuple[Ledger, datetime]:
    """``orders``: row 1 is good, and after the returned moment row 2 is damage."""
    world.given_database(HOME, "orders")
    ledger = Ledger(world, HOME, "orders")
    group = {"DBParameterGroupName": "tuned", "DBParameterGroupFamily": "postgres18", "Description": "for tests"}
    ledger.rds.create_db_parameter_group(**group)
    ledger.rds.modify_db_instance(
        DBInstanceIdentifier="orders",
        MultiAZ=True,
        DeletionProtection=True,
        DBParameterGroupName="tuned",
        VpcSecurityGroupIds=["sg-own"],
        ApplyImmediately=True,
    )
    world.available(HOME, "orders")
    ledger.write(1)
    good = ledger.moment()
    ledger.write(2)
    ledger.covers(good)
    return ledger, good


def test_a_restore_has_every_row_before_its_moment_and_none_after(damaged: tuple[Ledger, datetime]) -> None:
    ledger, good = damaged
    ledger.rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="orders-good", RestoreTime=good
    )
    assert ledger.world.available(HOME, "orders-good") == ["creating", "backing-up", "available"]
    assert rows(ledger.world, HOME, "orders-good") == [1]
    assert rows(ledger.world, HOME, "orders") == [1, 2]


def test_a_restored_instance_has_the_defaults_unless_more_is_said(damaged: tuple[Ledger, datetime]) -> None:
    ledger, good = damaged
    names = {"SourceDBInstanceIdentifier": "orders", "RestoreTime": good}
    restore = ledger.rds.restore_db_instance_to_point_in_time
    restore(TargetDBInstanceIdentifier="orders-plain", **names)
    restore(
        TargetDBInstanceIdentifier="orders-same",
        MultiAZ=True,
        DeletionProtection=True,
        DBParameterGroupName="tuned",
        VpcSecurityGroupIds=["sg-own"],
        Tags=[{"Key": "incident", "Value": "inc-1"}],
        **names,
    )
    seen = []
    for name in ("orders-plain", "orders-same"):
        ledger.world.available(HOME, name)
        found = ledger.world.instance(HOME, name)
        groups = [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]]
        parameters = found["DBParameterGroups"][0]["DBParameterGroupName"]
        seen.append((found["MultiAZ"], found["DeletionProtection"], parameters, groups, len(found["TagList"])))
        assert found["BackupRetentionPeriod"] == 7
    assert seen == [
        (False, False, "default.postgres18", ["sg-default"], 0),
        (True, True, "tuned", ["sg-own"], 1),
    ]


def test_a_restored_instance_keeps_an_archive_of_its_own_and_can_have_a_replica(
    damaged: tuple[Ledger, datetime],
) -> None:
    ledger, _ = damaged
    world = ledger.world
    ledger.rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="orders-last", UseLatestRestorableTime=True
    )
    world.available(HOME, "orders-last")
    assert rows(world, HOME, "orders-last") == [1, 2]
    world.given_replica(AWAY, "orders-last-replica", HOME, "orders-last")
    restored = Ledger(world, HOME, "orders-last")
    restored.write(3)
    moment = restored.moment()
    restored.covers(moment)
    wait_until(lambda: rows(world, AWAY, "orders-last-replica") == [1, 2, 3], 30, "the row's arrival")
    ledger.rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders-last", TargetDBInstanceIdentifier="orders-again", RestoreTime=moment
    )
    world.available(HOME, "orders-again")
    assert rows(world, HOME, "orders-again") == [1, 2, 3]


def test_a_moment_the_archive_does_not_reach_is_refused(damaged: tuple[Ledger, datetime]) -> None:
    ledger, _ = damaged
    latest = ledger.world.instance(HOME, "orders")["LatestRestorableTime"]
    assert latest < datetime.now(UTC)
    window = ledger.rds.describe_db_instance_automated_backups(DBInstanceIdentifier="orders")
    earliest = window["DBInstanceAutomatedBackups"][0]["RestoreWindow"]["EarliestTime"]
    restore = ledger.rds.restore_db_instance_to_point_in_time
    names = {"SourceDBInstanceIdentifier": "orders", "TargetDBInstanceIdentifier": "refused"}
    code, message = refusal(restore, RestoreTime=datetime.now(UTC) + SECOND, **names)
    assert (code, "later than" in message) == ("InvalidParameterValue", True)
    code, message = refusal(restore, RestoreTime=earliest - SECOND, **names)
    assert (code, "earlier than" in message) == ("InvalidParameterValue", True)


def test_a_snapshot_is_a_copy_of_its_moment_and_outlives_its_instance(world: World) -> None:
    world.given_database(HOME, "short", retention=0)
    ledger = Ledger(world, HOME, "short")
    ledger.write(1)
    made = ledger.rds.create_db_snapshot(DBInstanceIdentifier="short", DBSnapshotIdentifier="evidence")["DBSnapshot"]
    assert (made["Status"], made["PercentProgress"]) == ("creating", 0)
    assert world.available(HOME, "short") == ["backing-up", "available"]
    again = refusal(ledger.rds.create_db_snapshot, DBInstanceIdentifier="short", DBSnapshotIdentifier="evidence")
    assert again[0] == "DBSnapshotAlreadyExists"
    ledger.write(2)
    ledger.rds.delete_db_instance(DBInstanceIdentifier="short", FinalDBSnapshotIdentifier="last")
    world.gone(HOME, "short")
    found = ledger.rds.describe_db_snapshots(DBInstanceIdentifier="short")["DBSnapshots"]
    assert {s["DBSnapshotIdentifier"]: s["Status"] for s in found} == {"evidence": "available", "last": "available"}
    for snapshot, expected in (("evidence", [1]), ("last", [1, 2])):
        name = f"from-{snapshot}"
        ledger.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=snapshot)
        assert world.available(HOME, name) == ["creating", "available"]
        assert rows(world, HOME, name) == expected
    ledger.rds.delete_db_snapshot(DBSnapshotIdentifier="last")
    restore = ledger.rds.restore_db_instance_from_db_snapshot
    gone = refusal(restore, DBInstanceIdentifier="from-nothing", DBSnapshotIdentifier="last")
    assert gone[0] == "DBSnapshotNotFound"


def test_a_backup_is_listed_as_an_automated_snapshot(damaged: tuple[Ledger, datetime]) -> None:
    ledger, _ = damaged
    found = ledger.rds.describe_db_snapshots(DBInstanceIdentifier="orders", SnapshotType="automated")["DBSnapshots"]
    assert [s["DBSnapshotIdentifier"].rpartition(":")[0] for s in found] == ["rds"]


def test_a_renamed_instance_has_another_address_and_its_replica_follows_it(world: World) -> None:
    world.given_database(HOME, "before")
    world.given_replica(AWAY, "follower", HOME, "before")
    ledger = Ledger(world, HOME, "before")
    old = world.instance(HOME, "before")["Endpoint"]["Port"]
    ledger.rds.modify_db_instance(DBInstanceIdentifier="before", NewDBInstanceIdentifier="after", ApplyImmediately=True)
    assert world.instance(HOME, "before")["DBInstanceStatus"] == "renaming"
    wait_until(lambda: _exists(world, "after"), 30, "the new name")
    world.available(HOME, "after")
    assert not _exists(world, "before")
    assert world.instance(HOME, "after")["Endpoint"]["Port"] != old
    Ledger(world, HOME, "after").write(1)
    wait_until(lambda: rows(world, AWAY, "follower") == [1], 30, "the row's arrival")
    source = world.instance(AWAY, "follower")["ReadReplicaSourceDBInstanceIdentifier"]
    assert source.endswith(":after")
    world.given_database(HOME, "before")  # the name is free again
    assert rows(world, HOME, "after") == [1]


def test_a_shipped_archive_restores_when_its_region_is_dead(world: World) -> None:
    lost, spared = "sa-east-1", "us-east-2"
    world.given_database(lost, "doomed")
    ledger = Ledger(world, lost, "doomed")
    arn = world.instance(lost, "doomed")["DBInstanceArn"]
    client = world.client("rds", spared)
    started = client.start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn, BackupRetentionPeriod=7)
    backups = started["DBInstanceAutomatedBackup"]["DBInstanceAutomatedBackupsArn"]
    ledger.write(1)
    good = ledger.moment()
    ledger.write(2)
    ledger.covers(good)

    def arrived() -> bool:
        found = client.describe_db_instance_automated_backups(DBInstanceAutomatedBackupsArn=backups)
        latest = found["DBInstanceAutomatedBackups"][0]["RestoreWindow"].get("LatestTime")
        return latest is not None and latest >= good

    wait_until(arrived, 30, "the backups' arrival")
    world.host.kill_region(lost)
    try:
        restore = client.restore_db_instance_to_point_in_time
        names = {"SourceDBInstanceIdentifier": "doomed", "TargetDBInstanceIdentifier": "saved"}
        assert refusal(restore, RestoreTime=good, **names)[0] == "DBInstanceNotFound"
        restore(SourceDBInstanceAutomatedBackupsArn=backups, TargetDBInstanceIdentifier="saved", RestoreTime=good)
        world.available(spared, "saved")
        assert rows(world, spared, "saved") == [1]
    finally:
        world.host.revive_region(lost)


def _exists(world: World, name: str) -> bool:
    found = world.client("rds", HOME).describe_db_instances()["DBInstances"]
    return name in {instance["DBInstanceIdentifier"] for instance in found}


def test_fault_58_the_first_reading_of_a_table_of_a_cold_volume_takes_its_time_and_the_next_none(
    damaged: tuple[Ledger, datetime],
) -> None:
    ledger, good = damaged
    world, seconds = ledger.world, 3.0
    world.host.cool_restores(seconds)
    try:
        ledger.rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="orders-cold", RestoreTime=good
        )
        world.available(HOME, "orders-cold")
    finally:
        world.host.cool_restores(0.0)
    time.sleep(seconds)  # nobody reads, so nothing is loaded
    began = time.monotonic()
    with world.sql(HOME, "orders-cold") as connection:
        connection.execute("set statement_timeout = '500ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("select count(*) from marks")
    assert rows(world, HOME, "orders-cold") == [1]
    assert time.monotonic() - began >= seconds - 0.5, "a query that was cancelled does not start the loading anew"
    with world.sql(HOME, "orders-cold") as connection:
        connection.execute("set statement_timeout = '500ms'")
        assert connection.execute("select count(*) from marks where id < 1000").fetchone() == (1,)
    ledger.rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="orders-warm", RestoreTime=good
    )
    world.available(HOME, "orders-warm")
    with world.sql(HOME, "orders-warm") as connection:
        connection.execute("set statement_timeout = '500ms'")
        assert connection.execute("select count(*) from marks where id < 1000").fetchone() == (1,)


def test_fault_58_a_replica_of_a_cold_instance_finds_it_warm(damaged: tuple[Ledger, datetime]) -> None:
    """Its snapshot has read everything; no lock of the source is left for it to wait for."""
    ledger, good = damaged
    world = ledger.world
    world.host.cool_restores(600.0)
    try:
        ledger.rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="orders-frozen", RestoreTime=good
        )
        world.available(HOME, "orders-frozen")
    finally:
        world.host.cool_restores(0.0)
    world.given_replica(AWAY, "orders-frozen-replica", HOME, "orders-frozen")
    assert rows(world, AWAY, "orders-frozen-replica") == [1]
