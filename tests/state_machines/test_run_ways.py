"""One failover of three databases: one promoted, one restored from replicated backups, one left where it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from drills.world.onboard import master_dsn
from drills.world.plan_variants import with_ways
from drills.world.world import World
from tests.plans import lyo_plan
from tests.state_machines.failover import (
    IRELAND,
    OREGON,
    SHORT,
    Followed,
    calls,
    follow,
    start_by_hand,
    without_detection,
)

pytestmark = [pytest.mark.drill, pytest.mark.long]
Three = tuple[World, Followed, str]
_ARCHIVED_SECONDS = 60.0


@pytest.fixture(scope="module")
def three() -> Iterator[Three]:
    """A row is written to ``reports`` and is in its replicated backups before Ireland goes."""
    with World(with_ways(lyo_plan()), adjust=SHORT, warm=False) as world:
        reports = world.plan.database("reports")
        arn = world.names(IRELAND).instance(reports.instances[IRELAND])
        rds = world.client("rds", OREGON)
        rds.start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn, BackupRetentionPeriod=7)
        dsn = master_dsn(world, world.plan, reports, IRELAND)
        with psycopg.connect(dsn) as connection:
            connection.execute("create table kept as select 42 as answer")
        _wait_for_backups_of(world, datetime.now(UTC))
        without_detection(world)
        world.lose_region(IRELAND, [])
        incident = follow(world, start_by_hand(world, "ways"))
        yield world, incident, dsn


def _wait_for_backups_of(world: World, moment: datetime) -> None:
    deadline = time.monotonic() + _ARCHIVED_SECONDS
    while time.monotonic() < deadline:
        kept = world.client("rds", OREGON).describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
        ends = [backup.get("RestoreWindow", {}).get("LatestTime") for backup in kept]
        if any(end is not None and end > moment for end in ends):
            return
        time.sleep(0.5)
    raise AssertionError("the backups of reports do not reach the moment at which its row was written")


def test_the_region_recovers_and_says_what_became_of_each(three: Three) -> None:
    world, incident, _ = three
    assert incident.status == "SUCCEEDED", incident.lines
    assert incident.head["ending"] == "recovered"
    assert world.leads_to(OREGON)
    (sentence,) = incident.said_by("JudgeComponents")
    assert sentence.startswith("Databases recovered: 2, ")
    assert f"left in {IRELAND}, as the plan says, and not recovered: scratch" in sentence
    assert any("scratch" in line for line in incident.said_by("CheckGate"))


def test_each_database_went_its_own_way(three: Three) -> None:
    world, incident, _ = three
    promoted = [call for call in calls(world, op="PromoteReadReplica") if call["status"] == 200]
    restored = [call for call in calls(world, op="RestoreDBInstanceToPointInTime") if call["status"] == 200]
    assert (len(promoted), len(restored)) == (1, 1)
    chosen = " ".join(incident.said_by("ChooseRecoveryPoint"))
    assert "it has no replica, so its latest backup is used; up to" in chosen
    found = world.client("rds", OREGON).describe_db_instances()["DBInstances"]
    names = {each["DBInstanceIdentifier"] for each in found}
    made = world.names(OREGON).restored(world.plan.database("reports").instance_in(OREGON), incident.id, 1)
    assert names == {world.plan.databases[0].instances[OREGON], made}


def test_the_restored_one_is_where_its_secret_leads_and_obeys_the_new_epoch(three: Three) -> None:
    world, incident, dsn = three
    name = world.names(OREGON).restored(world.plan.database("reports").instance_in(OREGON), incident.id, 1)
    found = world.client("rds", OREGON).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["Endpoint"]
    secret = world.client("secretsmanager", OREGON).get_secret_value(SecretId=world.names(OREGON).sql_secret("reports"))
    assert found["Address"] in secret["SecretString"]
    there = psycopg.conninfo.make_conninfo(dsn, host=found["Address"], port=found["Port"])
    with psycopg.connect(there) as connection:
        assert connection.execute("select answer from kept").fetchall() == [(42,)]
        assert connection.execute("select region, epoch from lyo_dr.authority").fetchone() == (OREGON, 1)


def test_the_standby_has_no_login_to_what_is_left(three: Three) -> None:
    world, _, _ = three
    secrets = world.client("secretsmanager", OREGON).list_secrets()["SecretList"]
    assert world.names(OREGON).sql_secret("scratch") not in {secret["Name"] for secret in secrets}
