"""Delayed replicas: what PostgreSQL does when one is promoted, and the one place where the local AWS does otherwise."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from local_aws.data_plane.processes import wait_until
from tests.local_aws.data_plane.data_plane_world import World

HOME, NAME = "eu-north-1", "delayed-source"
DAMAGED = "select count(*) filter (where id < 0) from marks"


@pytest.fixture(scope="module")
def source(world: World) -> World:
    world.given_database(HOME, NAME)
    with world.sql(HOME, NAME) as connection:
        connection.execute("create table marks (id int)")
    return world


@pytest.fixture
def delayed(source: World, request: pytest.FixtureRequest) -> Iterator[str]:
    """A replica a minute behind, which holds one good row, and has received the damage."""
    name = f"delayed-{request.node.name.replace('_', '-')[:30].strip('-')}"
    rds = source.client("rds", HOME)
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres18", Description="late")
    set_delay(source, name, 0)
    rds.create_db_instance_read_replica(DBInstanceIdentifier=name, SourceDBInstanceIdentifier=NAME)
    source.available(HOME, name)
    rds.modify_db_instance(DBInstanceIdentifier=name, DBParameterGroupName=name, ApplyImmediately=True)
    source.available(HOME, name)
    rds.reboot_db_instance(DBInstanceIdentifier=name)
    source.available(HOME, name)
    with source.sql(HOME, NAME) as connection:
        connection.execute("delete from marks")
        connection.execute("insert into marks values (1)")
    wait_until(lambda: value(source, name, "select count(*) from marks where id = 1") == 1, 30, "the good row")
    set_delay(source, name, 60_000)
    with source.sql(HOME, name) as connection:
        connection.execute("select pg_wal_replay_pause()")
    with source.sql(HOME, NAME) as connection:
        connection.execute("update marks set id = -id")
    wait_until(lambda: value(source, name, _RECEIVED) is True, 30, "the log of the damage")
    yield name
    source.host.set_faults()


_GOOD = "select array_agg(id order by id) from marks where id > 0"
_RECEIVED = "select pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()"


def value(world: World, name: str, query: str) -> object:
    with world.sql(HOME, name) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def set_delay(world: World, name: str, milliseconds: int) -> None:
    parameter = {"ParameterName": "recovery_min_apply_delay", "ParameterValue": str(milliseconds)}
    world.client("rds", HOME).modify_db_parameter_group(
        DBParameterGroupName=name, Parameters=[{**parameter, "ApplyMethod": "immediate"}]
    )


def promoted(world: World, name: str) -> None:
    world.client("rds", HOME).promote_read_replica(DBInstanceIdentifier=name)
    world.available(HOME, name)
    assert value(world, name, "select pg_is_in_recovery()") is False


def test_a_delay_of_the_attached_group_is_in_force_at_once_and_holds_the_damage_out(
    source: World, delayed: str
) -> None:
    setting = "select setting from pg_settings where name = 'recovery_min_apply_delay'"
    wait_until(lambda: value(source, delayed, setting) == "60000", 5, "the delay")
    assert value(source, delayed, "select pg_get_wal_replay_pause_state()") in ("pause requested", "paused")
    assert value(source, delayed, DAMAGED) == 0


def test_postgresql_itself_replays_all_it_has_received_when_it_is_promoted_though_replay_was_held(
    source: World, delayed: str
) -> None:
    source.host.set_faults(promotion_replays=[delayed])
    promoted(source, delayed)
    assert value(source, delayed, DAMAGED) == 1


def test_the_assumption_of_the_local_aws_is_that_rds_ends_where_replay_was_held(source: World, delayed: str) -> None:
    promoted(source, delayed)
    assert value(source, delayed, DAMAGED) == 0
    assert value(source, delayed, "select count(*) from marks where id = 1") == 1
    with source.sql(HOME, delayed) as connection:
        connection.execute("insert into marks values (2)")
    assert value(source, delayed, "select setting from pg_settings where name = 'recovery_min_apply_delay'") == "0"


def test_a_restore_of_the_promoted_one_is_not_slow(source: World, delayed: str) -> None:
    promoted(source, delayed)
    _write_until(source, delayed, lambda: _latest(source, delayed))
    name = f"{delayed[:40]}-r"
    began = time.monotonic()
    source.client("rds", HOME).restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier=delayed, TargetDBInstanceIdentifier=name, UseLatestRestorableTime=True
    )
    source.available(HOME, name)
    assert time.monotonic() - began < 30
    assert value(source, name, DAMAGED) == 0


def test_a_shorter_delay_lets_in_what_is_older_and_nothing_younger(source: World, delayed: str) -> None:
    """By which a replica is brought near to a damage: decisions/restore/advance.py."""
    with source.sql(HOME, NAME) as connection:
        connection.execute("insert into marks values (3)")
    time.sleep(6.0)
    with source.sql(HOME, NAME) as connection:
        connection.execute("insert into marks values (4)")
    set_delay(source, delayed, 5_500)
    with source.sql(HOME, delayed) as connection:
        connection.execute("select pg_wal_replay_resume()")
        wait_until(lambda: value(source, delayed, _GOOD) == [3], 30, "the older row")
        connection.execute("select pg_wal_replay_pause()")
    time.sleep(6.0)
    assert value(source, delayed, _GOOD) == [3]


def _latest(world: World, name: str) -> bool:
    latest = world.instance(HOME, name).get("LatestRestorableTime")
    return latest is not None and latest <= datetime.now(UTC)


def _write_until(world: World, name: str, holds: Callable[[], bool]) -> None:
    def done() -> bool:
        with world.sql(HOME, name) as connection:
            connection.execute("insert into marks values (10)")
        return holds()

    wait_until(done, 30, f"{name} being restorable", every=0.3)
