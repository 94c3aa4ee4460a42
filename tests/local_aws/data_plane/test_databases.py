"""RDS: what the API says is what the servers do."""

import json

import psutil
import psycopg
import pytest
from botocore.exceptions import ClientError
from psycopg import errors

from local_aws.data_plane.processes import ProcessError, wait_until
from tests.local_aws.data_plane.data_plane_world import DATABASE, MASTER, World


@pytest.fixture(scope="module")
def pair(world: World) -> World:
    """A primary in eu-west-1 with a row in it, and its replica in us-west-2."""
    assert world.given_database("eu-west-1", "orders") == ["creating", "backing-up", "available"]
    with world.sql("eu-west-1", "orders") as connection:
        connection.execute("create table marks (id int primary key)")
        connection.execute("insert into marks values (1)")
    assert world.given_replica("us-west-2", "orders-replica", "eu-west-1", "orders") == ["creating", "available"]
    return world


def refusal(call: object, **arguments: object) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)  # type: ignore[operator]
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_replica_follows_its_source_across_regions(pair: World) -> None:
    replica = pair.instance("us-west-2", "orders-replica")
    source = pair.instance("eu-west-1", "orders")
    with pair.sql("us-west-2", "orders-replica") as connection:
        assert connection.execute("select id from marks").fetchall() == [(1,)]
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == source["DBInstanceArn"]
    assert replica["StatusInfos"] == [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
    assert replica["BackupRetentionPeriod"] == 0
    assert replica["DBInstanceArn"] in source["ReadReplicaDBInstanceIdentifiers"]
    assert replica["DbiResourceId"] != source["DbiResourceId"]


def test_a_replica_refuses_writes(pair: World) -> None:
    with pair.sql("us-west-2", "orders-replica") as connection, pytest.raises(errors.ReadOnlySqlTransaction):
        connection.execute("insert into marks values (2)")


def test_a_wrong_password_is_refused(pair: World) -> None:
    port = pair.instance("eu-west-1", "orders")["Endpoint"]["Port"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=port, user=MASTER, password="wrong", dbname=DATABASE)


def test_promotion_of_something_that_is_not_a_replica_is_refused(pair: World) -> None:
    promote = pair.client("rds", "eu-west-1").promote_read_replica
    assert refusal(promote, DBInstanceIdentifier="orders") == (
        "InvalidDBInstanceState",
        "DB Instance is not a read replica.",
    )


def test_promotion_of_an_unknown_instance_is_refused(pair: World) -> None:
    promote = pair.client("rds", "eu-west-1").promote_read_replica
    assert refusal(promote, DBInstanceIdentifier="nobody")[0] == "DBInstanceNotFound"


def test_a_promoted_replica_is_a_primary_with_the_backups_asked_for(pair: World) -> None:
    pair.given_replica("us-west-2", "to-promote", "eu-west-1", "orders")
    pair.client("rds", "us-west-2").promote_read_replica(DBInstanceIdentifier="to-promote", BackupRetentionPeriod=9)
    assert pair.available("us-west-2", "to-promote") == ["modifying", "backing-up", "available"]
    promoted = pair.instance("us-west-2", "to-promote")
    assert "ReadReplicaSourceDBInstanceIdentifier" not in promoted
    assert not promoted.get("StatusInfos")
    assert promoted["BackupRetentionPeriod"] == 9
    with pair.sql("us-west-2", "to-promote") as connection:
        connection.execute("insert into marks values (99)")
    sources = pair.instance("eu-west-1", "orders")["ReadReplicaDBInstanceIdentifiers"]
    assert not [arn for arn in sources if arn.endswith(":to-promote")]


def test_promotion_and_modification_are_refused_while_a_replica_is_busy(pair: World) -> None:
    pair.given_replica("us-west-2", "busy", "eu-west-1", "orders")
    client = pair.client("rds", "us-west-2")
    pair.host.stretch({"backup": 3.0})
    client.modify_db_instance(DBInstanceIdentifier="busy", BackupRetentionPeriod=3, ApplyImmediately=True)
    wait_until(
        lambda: pair.instance("us-west-2", "busy")["DBInstanceStatus"] == "backing-up", 10, "the backup", every=0.01
    )
    code, message = refusal(client.promote_read_replica, DBInstanceIdentifier="busy")
    assert (code, "backing-up" in message) == ("InvalidDBInstanceState", True)
    assert refusal(client.modify_db_instance, DBInstanceIdentifier="busy", MultiAZ=True)[0] == "InvalidDBInstanceState"
    pair.host.stretch({})
    pair.available("us-west-2", "busy")


def test_protection_is_pending_until_it_is_there(pair: World) -> None:
    client = pair.client("rds", "eu-west-1")
    answer = client.modify_db_instance(DBInstanceIdentifier="orders", MultiAZ=True, ApplyImmediately=True)
    assert answer["DBInstance"]["PendingModifiedValues"] == {"MultiAZ": True}
    assert answer["DBInstance"]["MultiAZ"] is False
    assert pair.available("eu-west-1", "orders") == ["modifying", "available"]
    after = pair.instance("eu-west-1", "orders")
    assert (after["MultiAZ"], after.get("PendingModifiedValues") or {}) == (True, {})


def test_a_replica_of_an_instance_without_backups_is_refused(pair: World) -> None:
    create = pair.client("rds", "us-west-2").create_db_instance_read_replica
    arn = pair.instance("us-west-2", "orders-replica")["DBInstanceArn"]
    code, message = refusal(create, DBInstanceIdentifier="copy", SourceDBInstanceIdentifier=arn)
    assert (code, "backups are not enabled" in message) == ("InvalidDBInstanceState", True)


def test_a_skipped_promotion_looks_right_and_stays_read_only(pair: World) -> None:
    pair.given_replica("us-west-2", "liar", "eu-west-1", "orders")
    pair.host.set_faults(promotion_skipped=["liar"])
    pair.client("rds", "us-west-2").promote_read_replica(DBInstanceIdentifier="liar", BackupRetentionPeriod=7)
    pair.available("us-west-2", "liar")
    pair.host.set_faults()
    instance = pair.instance("us-west-2", "liar")
    assert "ReadReplicaSourceDBInstanceIdentifier" not in instance
    assert instance["BackupRetentionPeriod"] == 7
    with pair.sql("us-west-2", "liar") as connection, pytest.raises(errors.ReadOnlySqlTransaction):
        connection.execute("insert into marks values (3)")


def test_a_stuck_promotion_ends_when_the_fault_is_lifted_and_gets_one_day_of_backups(pair: World) -> None:
    pair.given_replica("us-west-2", "stuck", "eu-west-1", "orders")
    pair.host.set_faults(promotion_stuck=["stuck"])
    pair.client("rds", "us-west-2").promote_read_replica(DBInstanceIdentifier="stuck")
    with pytest.raises(ProcessError):
        wait_until(lambda: pair.instance("us-west-2", "stuck")["DBInstanceStatus"] != "modifying", 1, "progress")
    pair.host.set_faults()
    assert pair.available("us-west-2", "stuck")[-2:] == ["backing-up", "available"]
    assert pair.instance("us-west-2", "stuck")["BackupRetentionPeriod"] == 1  # what RDS does when nobody says more


def test_a_cut_link_holds_rows_back_until_it_is_mended(pair: World) -> None:
    pair.given_replica("us-west-2", "far", "eu-west-1", "orders")
    pair.host.set_relay("far", cut=True)
    with pair.sql("eu-west-1", "orders") as connection:
        connection.execute("insert into marks values (1000)")
    query = "select count(*) from marks where id = 1000"
    with pair.sql("us-west-2", "far") as connection:
        assert connection.execute(query).fetchone() == (0,)
        pair.host.set_relay("far", cut=False)
        wait_until(lambda: connection.execute(query).fetchone() == (1,), 30, "the row's arrival")


def test_a_deleted_replica_is_gone_and_its_source_forgets_it(pair: World) -> None:
    pair.given_replica("us-west-2", "short-lived", "eu-west-1", "orders")
    pid = next(d["pid"] for d in pair.host.state()["databases"] if d["identifier"] == "short-lived")
    pair.client("rds", "us-west-2").delete_db_instance(DBInstanceIdentifier="short-lived", SkipFinalSnapshot=True)
    pair.gone("us-west-2", "short-lived")
    assert not psutil.pid_exists(pid)
    sources = pair.instance("eu-west-1", "orders")["ReadReplicaDBInstanceIdentifiers"]
    assert not [arn for arn in sources if arn.endswith(":short-lived")]


def test_a_managed_password_is_in_its_secret_and_works(world: World) -> None:
    answer = world.client("rds", "sa-east-1").create_db_instance(
        DBInstanceIdentifier="managed",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="owner",
        ManageMasterUserPassword=True,
        BackupRetentionPeriod=0,
    )
    arn = answer["DBInstance"]["MasterUserSecret"]["SecretArn"]
    world.available("sa-east-1", "managed")
    secret = world.client("secretsmanager", "sa-east-1").get_secret_value(SecretId=arn)["SecretString"]
    login = json.loads(secret)
    port = world.instance("sa-east-1", "managed")["Endpoint"]["Port"]
    parts = {"host": "127.0.0.1", "port": port, "user": login["username"], "password": login["password"]}
    with psycopg.connect(**parts, dbname="postgres") as connection:
        assert connection.execute("select current_user").fetchone() == ("owner",)


def test_an_instance_without_a_password_is_refused_and_does_not_exist(world: World) -> None:
    client = world.client("rds", "sa-east-1")
    wanted = {"DBInstanceIdentifier": "open", "DBInstanceClass": "db.t4g.micro", "Engine": "postgres"}
    assert refusal(client.create_db_instance, **wanted, MasterUsername="owner")[0] == "InvalidParameterCombination"
    assert refusal(client.describe_db_instances, DBInstanceIdentifier="open")[0] == "DBInstanceNotFound"


def test_a_subnet_group_takes_subnets_nobody_else_knows(world: World) -> None:
    client = world.client("rds", "eu-west-1")
    group = client.create_db_subnet_group(
        DBSubnetGroupName="private", DBSubnetGroupDescription="for tests", SubnetIds=["subnet-1", "subnet-2"]
    )["DBSubnetGroup"]
    assert [subnet["SubnetIdentifier"] for subnet in group["Subnets"]] == ["subnet-1", "subnet-2"]


def test_a4_a_replica_is_promoted_while_its_storage_is_optimised_and_its_storage_is_not_changed_again(
    pair: World,
) -> None:
    pair.given_replica("us-west-2", "grown", "eu-west-1", "orders")
    client = pair.client("rds", "us-west-2")
    pair.host.stretch({"storage_optimization": 600.0})
    client.modify_db_instance(DBInstanceIdentifier="grown", AllocatedStorage=40, ApplyImmediately=True)
    wait_until(
        lambda: pair.instance("us-west-2", "grown")["DBInstanceStatus"] == "storage-optimization", 10, "the phase"
    )
    pair.host.stretch({})
    code, _ = refusal(client.modify_db_instance, DBInstanceIdentifier="grown", AllocatedStorage=60)
    assert code == "InvalidParameterCombination"
    client.promote_read_replica(DBInstanceIdentifier="grown", BackupRetentionPeriod=7)
    wait_until(
        lambda: "ReadReplicaSourceDBInstanceIdentifier" not in pair.instance("us-west-2", "grown"), 20, "the promotion"
    )
    with pair.sql("us-west-2", "grown") as connection:
        connection.execute("insert into marks values (4000)")
