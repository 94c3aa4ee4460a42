"""RDS: what the real service refuses is refused, by the code it uses; what is not emulated says so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.data_plane.data_plane_world import World

HOME, AWAY = "eu-north-1", "eu-south-1"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def pair(world: World) -> World:
    """``ledger`` with a week of backups, and ``ledger-replica`` in another region."""
    world.given_database(HOME, "ledger")
    world.given_replica(AWAY, "ledger-replica", HOME, "ledger")
    return world


def refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def restore(world: World, source: str, region: str = HOME, **when: Any) -> tuple[str, str]:
    """What RDS says to a restore of ``source`` into a new instance."""
    call = world.client("rds", region).restore_db_instance_to_point_in_time
    names = {"SourceDBInstanceIdentifier": source, "TargetDBInstanceIdentifier": "restored"}
    return refusal(call, **{**names, **when})


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("describe_db_instances", {}),
        ("promote_read_replica", {}),
        ("modify_db_instance", {"MultiAZ": True, "ApplyImmediately": True}),
        ("delete_db_instance", {"SkipFinalSnapshot": True}),
    ],
)
def test_an_instance_nobody_knows_is_not_found(world: World, method: str, more: dict[str, Any]) -> None:
    call = getattr(world.client("rds", HOME), method)
    assert refusal(call, DBInstanceIdentifier="nobody", **more)[0] == "DBInstanceNotFound"


def test_an_instance_of_another_region_is_not_found(pair: World) -> None:
    call = pair.client("rds", AWAY).describe_db_instances
    assert refusal(call, DBInstanceIdentifier="ledger")[0] == "DBInstanceNotFound"


def test_a_replica_of_an_instance_nobody_knows_is_refused(world: World) -> None:
    create = world.client("rds", AWAY).create_db_instance_read_replica
    source = f"arn:aws:rds:{HOME}:000000000000:db:nobody"
    code, _ = refusal(create, DBInstanceIdentifier="orphan", SourceDBInstanceIdentifier=source)
    assert code == "DBInstanceNotFound"
    assert refusal(world.client("rds", AWAY).describe_db_instances, DBInstanceIdentifier="orphan")[0] == code


def test_a_second_instance_of_the_same_name_is_refused(pair: World) -> None:
    create = pair.client("rds", AWAY).create_db_instance_read_replica
    source = pair.instance(HOME, "ledger")["DBInstanceArn"]
    code, _ = refusal(create, DBInstanceIdentifier="ledger-replica", SourceDBInstanceIdentifier=source)
    assert code == "DBInstanceAlreadyExists"


def test_a_replica_is_promoted_once(pair: World) -> None:
    pair.given_replica(AWAY, "once", HOME, "ledger")
    client = pair.client("rds", AWAY)
    client.promote_read_replica(DBInstanceIdentifier="once", BackupRetentionPeriod=1)
    code, message = refusal(client.promote_read_replica, DBInstanceIdentifier="once")
    assert (code, "not in available state" in message) == ("InvalidDBInstanceState", True)
    multi_az = {"MultiAZ": True, "ApplyImmediately": True}
    assert refusal(client.modify_db_instance, DBInstanceIdentifier="once", **multi_az)[0] == "InvalidDBInstanceState"
    pair.available(AWAY, "once")
    again = refusal(client.promote_read_replica, DBInstanceIdentifier="once")
    assert again == ("InvalidDBInstanceState", "DB Instance is not a read replica.")
    assert pair.instance(AWAY, "once")["MultiAZ"] is False


def test_an_instance_that_is_being_changed_takes_no_second_change(pair: World) -> None:
    client = pair.client("rds", HOME)
    client.modify_db_instance(DBInstanceIdentifier="ledger", MultiAZ=True, ApplyImmediately=True)
    code, message = refusal(
        client.modify_db_instance, DBInstanceIdentifier="ledger", MultiAZ=False, ApplyImmediately=True
    )
    assert (code, "ledger is modifying" in message) == ("InvalidDBInstanceState", True)
    pair.available(HOME, "ledger")
    assert pair.instance(HOME, "ledger")["MultiAZ"] is True


def test_a_protected_instance_is_deleted_only_after_its_protection_is_off(pair: World) -> None:
    pair.given_replica(AWAY, "guarded", HOME, "ledger")
    client = pair.client("rds", AWAY)
    client.modify_db_instance(DBInstanceIdentifier="guarded", DeletionProtection=True)
    assert pair.instance(AWAY, "guarded")["DeletionProtection"] is True
    delete = {"DBInstanceIdentifier": "guarded", "SkipFinalSnapshot": True}
    code, message = refusal(client.delete_db_instance, **delete)
    assert (code, "Cannot delete protected DB Instance" in message) == ("InvalidParameterCombination", True)
    with pair.sql(AWAY, "guarded") as connection:
        connection.execute("select 1")
    client.modify_db_instance(DBInstanceIdentifier="guarded", DeletionProtection=False)
    assert client.delete_db_instance(**delete)["DBInstance"]["DBInstanceStatus"] == "deleting"
    pair.gone(AWAY, "guarded")


def test_a_deletion_that_does_not_say_what_becomes_of_the_data_is_refused(pair: World) -> None:
    code, message = refusal(pair.client("rds", HOME).delete_db_instance, DBInstanceIdentifier="ledger")
    assert (code, "FinalDBSnapshotIdentifier is required" in message) == ("InvalidParameterCombination", True)
    assert pair.instance(HOME, "ledger")["DBInstanceStatus"] == "available"


def test_a_restore_to_the_future_is_refused(pair: World) -> None:
    code, message = restore(pair, "ledger", RestoreTime=datetime.now(UTC) + timedelta(hours=1))
    assert (code, "cannot be restored to a time later than" in message) == ("InvalidParameterValue", True)


def test_a_restore_to_a_time_before_the_retention_is_refused(pair: World) -> None:
    code, message = restore(pair, "ledger", RestoreTime=datetime.now(UTC) - 8 * DAY)
    assert code == "InvalidParameterValue"
    assert message.endswith("because its backup retention period is set to 7 days.")


def test_a_restore_to_a_time_before_the_first_backup_is_refused(pair: World) -> None:
    code, message = restore(pair, "ledger", RestoreTime=datetime.now(UTC) - DAY)
    assert (code, "it was not backed up before" in message) == ("InvalidParameterValue", True)


def test_a_restore_of_an_instance_without_backups_is_refused(pair: World) -> None:
    code, _ = restore(pair, "ledger-replica", AWAY, UseLatestRestorableTime=True)
    assert code == "PointInTimeRestoreNotEnabled"


def test_a_restore_of_an_instance_nobody_knows_is_refused(world: World) -> None:
    assert restore(world, "nobody", UseLatestRestorableTime=True)[0] == "DBInstanceNotFound"


@pytest.mark.parametrize(
    "when", [{}, {"UseLatestRestorableTime": True, "RestoreTime": datetime(2026, 1, 1, tzinfo=UTC)}]
)
def test_a_restore_needs_one_time_and_not_two(pair: World, when: dict[str, Any]) -> None:
    assert restore(pair, "ledger", **when)[0] == "InvalidParameterCombination"


def test_a_restore_into_an_instance_that_exists_is_refused(pair: World) -> None:
    code, _ = restore(pair, "ledger", TargetDBInstanceIdentifier="ledger", UseLatestRestorableTime=True)
    assert code == "DBInstanceAlreadyExists"


def test_a_replica_is_made_without_a_parameter_group_and_without_the_storage_of_a_small_gp3_volume(pair: World) -> None:
    create = pair.client("rds", AWAY).create_db_instance_read_replica
    arn = pair.instance(HOME, "ledger")["DBInstanceArn"]
    code, message = refusal(
        create, DBInstanceIdentifier="copy", SourceDBInstanceIdentifier=arn, DBParameterGroupName="tuned"
    )
    assert (code, "can't be specified during Read Replica creation" in message) == ("InvalidParameterCombination", True)
    code, message = refusal(create, DBInstanceIdentifier="copy", SourceDBInstanceIdentifier=arn, Iops=3000)
    assert (code, "storage size less than 400" in message) == ("InvalidParameterCombination", True)


def test_a_small_gp3_volume_is_described_with_what_a_restore_may_not_ask_for(world: World) -> None:
    world.given_database(HOME, "small", StorageType="gp3")
    found = world.instance(HOME, "small")
    assert (found["StorageType"], found["Iops"]) == ("gp3", 3000)
    restore = world.client("rds", HOME).restore_db_instance_to_point_in_time
    code, message = refusal(
        restore,
        SourceDBInstanceIdentifier="small",
        TargetDBInstanceIdentifier="small-2",
        UseLatestRestorableTime=True,
        Iops=found["Iops"],
    )
    assert (code, "storage size less than 400" in message) == ("InvalidParameterCombination", True)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("stop_db_instance", {}),
        ("delete_db_instance", {"SkipFinalSnapshot": True, "DeleteAutomatedBackups": False}),
    ],
)
def test_what_no_server_stands_behind_is_called_not_emulated(pair: World, method: str, more: dict[str, Any]) -> None:
    call = getattr(pair.client("rds", HOME), method)
    assert refusal(call, DBInstanceIdentifier="ledger", **more)[0] == "NotEmulated"
    assert pair.instance(HOME, "ledger")["DBInstanceStatus"] == "available"
