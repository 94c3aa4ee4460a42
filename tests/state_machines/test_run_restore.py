"""One world whose data goes wrong: a restore that is called off, one that is timed out, and one that tries again."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from drills.engine.incident_view import IncidentView
from drills.world.onboard import endpoint, master_dsn
from drills.world.world import World
from lyo_dr.adapters.http import probe
from tests.plans import lyo_plan
from tests.state_machines.failover import IRELAND, OREGON, Followed, calls, without_detection

pytestmark = [pytest.mark.drill, pytest.mark.timeout(600)]

SECRET = "lyo-saas/production/app-secrets"
PRIMARY = "lyo-saas-production-postgres"


@dataclass
class Restored:
    """What happened: ``off`` met a secret that is no JSON, ``late`` an instance that is not ready before its machine
    is timed out, ``again`` a moment that was wrong as well."""

    world: World
    off: Followed
    off_tasks: tuple[int, int]
    off_secret: str
    late: Followed
    late_tasks: tuple[int, int]
    again: Followed
    damaged_at: datetime


def start(world: World, name: str, **wish: Any) -> str:
    now = datetime.now(UTC).isoformat()
    signal = {"kind": "database", "source": "operator", "region": IRELAND, "at": now, "database": "bookings", **wish}
    world.client("stepfunctions", IRELAND).start_execution(
        stateMachineArn=world.names(IRELAND).machine("incident_response"),
        name=name,
        input=json.dumps({"signal": signal}),
    )
    return name


def follow(world: World, name: str, seconds: float = 120.0) -> Followed:
    view, lines = IncidentView(world, world.names(IRELAND)), []
    deadline = time.monotonic() + seconds
    while view.status(name) == "RUNNING" or "RUNNING" in view.others().values():
        assert time.monotonic() < deadline, f"{name} is still running"
        time.sleep(0.2)
    lines = view.lines(name)
    return Followed(name, view.status(name), view.head(name), lines)


def sql(world: World, statement: str, identifier: str = PRIMARY) -> list[tuple[Any, ...]]:
    host, port = endpoint(world, IRELAND, identifier)
    dsn = psycopg.conninfo.make_conninfo(ADDRESS["master"], host=host, port=port)
    with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
        found = connection.execute(statement.encode())
        return found.fetchall() if found.description else []


ADDRESS: dict[str, str] = {}


def until(holds: Any, what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.3)


def good_since(world: World, moment: float) -> bool:
    item = world.client("dynamodb", IRELAND).get_item(
        TableName=world.names(IRELAND).table, Key={"pk": {"S": "DATABASE#bookings"}, "sk": {"S": "GOOD"}}
    )
    found = item.get("Item")
    return bool(found) and datetime.fromisoformat(json.loads(found["run"]["S"])["at"]).timestamp() > moment


@contextlib.contextmanager
def timed_out_at(world: World, seconds: int) -> Iterator[None]:
    """A restored instance takes longer than the machine that waits for it may run."""
    states, arn = world.client("stepfunctions", IRELAND), world.names(IRELAND).machine("database_restore")
    before = states.describe_state_machine(stateMachineArn=arn)["definition"]
    changed = json.loads(before)
    changed["TimeoutSeconds"] = seconds
    changed["States"]["WaitForInstance"] = {"Type": "Wait", "Seconds": 10 * seconds, "Next": "RestoreToNewInstance"}
    states.update_state_machine(stateMachineArn=arn, definition=json.dumps(changed))
    yield
    states.update_state_machine(stateMachineArn=arn, definition=before)


def tasks(world: World) -> tuple[int, int]:
    place = world.plan.services[0].places[IRELAND]
    found = world.client("ecs", IRELAND).describe_services(cluster=place.cluster, services=[place.service])["services"]
    return found[0]["desiredCount"], found[0]["runningCount"]


def book(world: World) -> None:
    sql(world, "insert into lyo_appointments values (gen_random_uuid(), 'Ada', 'noon')")


@pytest.fixture(scope="module")
def restored() -> Iterator[Restored]:
    with World(lyo_plan(), active=True, warm=False) as world:
        ADDRESS["master"] = master_dsn(world, world.plan, world.plan.databases[0], IRELAND)
        sql(world, "alter role lyo_app_b password 'leaked'")
        for _ in range(100):
            book(world)
        began = time.time()
        until(lambda: good_since(world, began), "a good run")
        without_detection(world, IRELAND)
        without_detection(world, OREGON)  # its watcher finds an app that a restore has stopped
        damaged_at = datetime.now(UTC)
        sql(world, "update lyo_appointments set customer = '' where id in (select id from lyo_appointments limit 5)")
        book(world)
        time.sleep(1.1)  # the last whole second is after the damage
        after = datetime.now(UTC).replace(microsecond=0)
        until(lambda: latest(world) > after, "the archive")
        store = world.client("secretsmanager", IRELAND)
        text = store.get_secret_value(SecretId=SECRET)["SecretString"]
        store.put_secret_value(SecretId=SECRET, SecretString="not json at all")
        off = follow(world, start(world, "called-off"))
        until(lambda: tasks(world)[0] == 2, "the count that was before")
        off_tasks = tasks(world)
        off_secret = store.get_secret_value(SecretId=SECRET)["SecretString"]
        with timed_out_at(world, seconds=60):
            late = follow(world, start(world, "timed-out", restore_to=after.isoformat()), 180.0)
        until(lambda: tasks(world)[0] == 2, "the count that was before, once more")
        late_tasks = tasks(world)
        sql(world, "alter role lyo_app password 'newer'; alter role lyo_app_b password null")
        store.put_secret_value(SecretId=SECRET, SecretString=with_password(text, "newer"))
        crash = {"region": IRELAND, "service": "rds", "op": "RestoreDBInstanceToPointInTime"}
        world.aws.set_faults([{**crash, "kind": "crash_after", "times": 1}])
        again = follow(world, start(world, "again", restore_to=after.isoformat()))
        yield Restored(world, off, off_tasks, off_secret, late, late_tasks, again, damaged_at)


def with_password(text: str, password: str) -> str:
    """The app's secret after somebody has changed the password of its database user."""
    secret = json.loads(text)
    address = urlsplit(secret["DATABASE_URL"])
    changed = address._replace(netloc=f"{address.username}:{password}@{address.hostname}:{address.port}")
    return json.dumps({**secret, "DATABASE_URL": changed.geturl()})


def latest(world: World) -> datetime:
    found = world.client("rds", IRELAND).describe_db_instances(DBInstanceIdentifier=PRIMARY)["DBInstances"][0]
    moment: datetime = found.get("LatestRestorableTime", datetime.fromtimestamp(0, UTC))
    return moment


def test_fault_46_a_secret_that_is_no_json_ends_it_and_the_service_is_left_on_what_it_had(restored: Restored) -> None:
    off = restored.off
    assert (off.status, off.head["ending"]) == ("FAILED", "failed")
    assert off.said_by("PutBack") == ["Rolled back: assistant"]
    assert "InvalidSecret: the secret is not JSON" in off.said_by("RecordFailure")[0]
    assert restored.off_tasks[0] == 2
    assert restored.off_secret == "not json at all"


def test_fault_60_a_restore_that_was_timed_out_is_put_back_by_the_incident(restored: Restored) -> None:
    late = restored.late
    told = "\n".join(f"{line.step}: {line.sentence}" for line in late.lines)
    assert (late.status, late.head["ending"]) == ("FAILED", "failed"), told
    assert not late.said_by("PutBack"), "a machine that is timed out runs no state any more"
    assert late.said_by("PutBackRestore") == ["The restore did not end by itself. Rolled back: assistant"]
    assert restored.late_tasks[0] == 2
    assert late.said_by("RecordFailure")[0].endswith("ended TIMED_OUT. Rolled back: assistant")
    assert late.said_by("SettleLease") == ["Lease released; nothing irreversible was done"]


def test_the_lease_lies_in_the_other_region_and_is_given_back(restored: Restored) -> None:
    assert restored.off.said_by("SettleLease") == ["Lease released; nothing irreversible was done"]
    leases = [call for call in calls(restored.world, app="OpenIncident") if call["region"] == OREGON]
    assert leases


def test_fault_44_an_instance_a_killed_function_had_begun_to_restore_is_adopted(restored: Restored) -> None:
    first = [call for call in calls(restored.world, op="RestoreDBInstanceToPointInTime") if call["fault"]]
    assert [call["fault"] for call in first] == ["crash_after"]
    names = [database["identifier"] for database in restored.world.host.state()["databases"]]
    made = [name for name in names if name.startswith(f"{PRIMARY}-r-")]
    # One by the restore that was called off, one by that which was timed out, two by the one that tried again.
    assert len(made) == len(set(made)) == 4


def test_fault_45_the_first_moment_was_wrong_as_well_and_an_earlier_one_is_good(restored: Restored) -> None:
    again = restored.again
    told = "\n".join(f"{line.step}: {line.sentence}" for line in again.lines)
    assert (again.status, again.head["ending"]) == ("SUCCEEDED", "recovered"), told
    judged = again.said_by("JudgeRestored")
    assert len(judged) == 2
    assert "is damaged as well: appointments of nobody: 5 instead of 0; next: " in judged[0]
    assert judged[1].endswith("passes every integrity query")
    assert datetime.fromisoformat(again.head["restored_to"].replace(" UTC", "+00:00")) < restored.damaged_at


def test_users_are_served_by_good_data_and_the_damaged_instance_is_kept(restored: Restored) -> None:
    world = restored.world
    instance = str(restored.again.head["instance"])
    assert sql(world, "select count(*), count(*) filter (where customer = '') from lyo_appointments", instance) == [
        (100, 0)
    ]
    kept = world.names(IRELAND).damaged(PRIMARY, "again")
    assert sql(world, "select count(*) from lyo_appointments where customer = ''", kept) == [(5,)]
    service = world.plan.services[0]
    assert probe(service.ready_url(IRELAND), 2.0).ready


def test_a_password_changed_after_the_moment_works_and_one_that_was_retired_stays_dead(restored: Restored) -> None:
    world = restored.world
    assert restored.again.said_by("PointSecrets")[1] == (
        "Logins in the restored data: lyo_app has its current password again; "
        "lyo_app_b has no known password, as before"
    )
    host, port = endpoint(world, IRELAND, str(restored.again.head["instance"]))
    psycopg.connect(host=host, port=port, user="lyo_app", password="newer", dbname="bookings").close()
    for user, password in (("lyo_app_b", "leaked"), ("lyo_app", "leaked")):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host=host, port=port, user=user, password=password, dbname="bookings")


def test_the_restored_instance_has_the_settings_of_the_one_it_replaces(restored: Restored) -> None:
    rds = restored.world.client("rds", IRELAND)
    names = (restored.world.names(IRELAND).damaged(PRIMARY, "again"), str(restored.again.head["instance"]))
    before, after = (rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0] for name in names)
    same = ("DBInstanceClass", "MultiAZ", "BackupRetentionPeriod", "DeletionProtection", "CopyTagsToSnapshot")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["DBSubnetGroup"]["DBSubnetGroupName"] == before["DBSubnetGroup"]["DBSubnetGroupName"]
    assert after["VpcSecurityGroups"] == before["VpcSecurityGroups"]


def test_protected_again_the_other_region_follows_the_restored_instance(restored: Restored) -> None:
    replica = restored.world.plan.databases[0].instances[OREGON]
    found = restored.world.client("rds", OREGON).describe_db_instances(DBInstanceIdentifier=replica)["DBInstances"][0]
    assert found["ReadReplicaSourceDBInstanceIdentifier"].endswith(str(restored.again.head["instance"]))
    assert found["StatusInfos"][0]["Status"] == "replicating"
    assert "protected again" in restored.again.said_by("ReplicateAgain")[-1]
    assert str(restored.again.head["unprotected"]) == "False"
