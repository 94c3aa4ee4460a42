"""The booking app keeps the app contract."""

import time

import pytest

from local_aws.data_plane.processes import wait_until
from tests.local_aws.data_plane.data_plane_world import World, ask, booking, eventually

HOME, AWAY = "ca-central-1", "us-east-2"


@pytest.fixture(scope="module")
def apps(world: World) -> dict[str, str]:
    """An app on a primary and one on its replica, by what their database is; the values are their URLs."""
    world.given_database(HOME, "app-primary")
    world.given_schema(HOME, "app-primary")
    world.given_replica(AWAY, "app-replica", HOME, "app-primary")
    for region, database in ((HOME, "app-primary"), (AWAY, "app-replica")):
        world.given_app(region, "app", world.database_url(region, database), desired=1)
    urls = {}
    for region, state in ((HOME, "read_write"), (AWAY, "read_only")):
        world.runs(region, "app", 1)
        urls[state] = f"http://127.0.0.1:{world.processes(region, 'app')[0]['port']}"
    return urls


def test_an_app_on_a_primary_is_ready(apps: dict[str, str]) -> None:
    ready = eventually(lambda: ask(apps["read_write"] + "/health/ready"), lambda answer: answer.status == 200)
    assert ready.body == {
        "region": HOME,
        "epoch": None,
        "database": "read_write",
        "redis": "not_configured",
        "version": "1.2.3",
    }


def test_an_app_on_a_replica_is_alive_and_not_ready(apps: dict[str, str]) -> None:
    assert ask(apps["read_only"] + "/health").status == 200
    ready = eventually(lambda: ask(apps["read_only"] + "/health/ready"), lambda a: a.body["database"] == "read_only")
    assert (ready.status, ready.body["database"], ready.body["region"]) == (503, "read_only", AWAY)


def test_a_booking_is_made_once_however_often_it_is_sent(apps: dict[str, str]) -> None:
    wanted = booking()
    first, again = (ask(apps["read_write"] + "/bookings", wanted) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body == {"id": wanted["id"], "region": HOME}
    found = ask(f"{apps['read_write']}/bookings/{wanted['id']}")
    assert (found.status, found.body["customer"]) == (200, "Ada")


def test_a_booking_on_a_replica_is_refused_in_a_sentence(apps: dict[str, str]) -> None:
    answer = ask(apps["read_only"] + "/bookings", booking())
    assert (answer.status, answer.body) == (503, {"error": "The database is read-only"})


@pytest.mark.parametrize("body", [b"not json", b"[]", b'{"id": "1", "customer": "a", "slot": "b"}', b'{"id": 1}'])
def test_nonsense_is_refused(apps: dict[str, str], body: bytes) -> None:
    assert ask(apps["read_write"] + "/bookings", body).status == 400


def test_the_epoch_is_told_where_there_is_an_authority(apps: dict[str, str], world: World) -> None:
    with world.sql(HOME, "app-primary") as connection:
        connection.execute("create schema lyo_dr; create table lyo_dr.authority (epoch bigint)")
        connection.execute("insert into lyo_dr.authority values (7)")
    assert ask(apps["read_write"] + "/health/ready").body["epoch"] == 7


def test_a_database_that_stands_still_is_told_as_down_within_two_seconds(apps: dict[str, str], world: World) -> None:
    world.host.freeze_database(f"{HOME}/app-primary")
    try:
        started = time.monotonic()
        answer = ask(apps["read_write"] + "/health/ready")
        assert (answer.status, answer.body["database"]) == (503, "down")
        assert time.monotonic() - started < 2
        assert ask(apps["read_write"] + "/bookings", booking()).status == 503
        assert ask(apps["read_write"] + "/health").status == 200
    finally:
        world.host.thaw_database(f"{HOME}/app-primary")
    wait_until(lambda: ask(apps["read_write"] + "/health/ready").status == 200, 30, "the reconnection")


def test_an_app_becomes_ready_when_its_replica_is_promoted(apps: dict[str, str], world: World) -> None:
    world.client("rds", AWAY).promote_read_replica(DBInstanceIdentifier="app-replica")
    wait_until(lambda: ask(apps["read_only"] + "/health/ready").status == 200, 30, "readiness after the promotion")
    assert ask(apps["read_only"] + "/bookings", booking()).status == 201
