"""What goes wrong without being gone: a load balancer that errs, is silent or deaf, and a database that restarts."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import psycopg
import pytest
from botocore.exceptions import ClientError

from local_aws.data_plane.processes import ProcessError, wait_until
from local_aws.ports import free_port
from tests.local_aws.data_plane.data_plane_world import World

REGION = "eu-north-1"
ADDRESS = "127.0.0.1"
NOWHERE = "postgresql://nobody:canary-password@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def url(world: World) -> Iterator[str]:
    port = free_port()
    world.given_app(REGION, "disturbed", NOWHERE, desired=1)
    world.host.place_balancer(REGION, ADDRESS, port)
    world.runs(REGION, "disturbed", 1)
    address = f"http://{ADDRESS}:{port}/health"
    wait_until(lambda: status(address) == 200, 30, "the app behind the load balancer")
    yield address
    world.client("ecs", REGION).update_service(cluster="disturbed", service="disturbed", desiredCount=0)


def status(url: str, agent: str = "user", within: float = 5.0) -> int:
    """0 when nothing answers within so many seconds."""
    request = urllib.request.Request(url, headers={"User-Agent": agent})  # noqa: S310 - our own
    try:
        with urllib.request.urlopen(request, timeout=within) as answer:  # noqa: S310 - our own
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


def test_a_share_of_requests_fails(world: World, url: str) -> None:
    world.host.disturb_balancer(REGION, errors=0.4)
    wait_until(lambda: status(url) == 500, 30, "an error")
    found = [status(url) for _ in range(60)]
    assert set(found) == {200, 500}
    assert 5 <= found.count(500) <= 45
    world.host.disturb_balancer(REGION)
    wait_until(lambda: status(url) == 200, 30, "the end of the disturbance")
    assert {status(url) for _ in range(20)} == {200}


def test_a_silent_load_balancer_takes_connections_and_answers_nobody(world: World, url: str) -> None:
    world.host.disturb_balancer(REGION, silent=True)
    wait_until(lambda: status(url, within=0.5) == 0, 30, "silence")
    world.host.disturb_balancer(REGION)
    wait_until(lambda: status(url) == 200, 30, "the end of the silence")


def test_a_visitor_from_a_blocked_network_is_answered_403_also_after_a_restart(world: World, url: str) -> None:
    port = int(url.split(":")[2].split("/")[0])
    block(world, ["127.66.0.0/16"])
    wait_until(lambda: visit(port, "127.66.0.6") == 403, 30, "the block")
    assert visit(port, "127.67.0.6") == 200
    world.host.place_balancer(REGION, ADDRESS, port)
    wait_until(lambda: visit(port, "127.67.0.6") == 200, 30, "the load balancer, started again")
    assert visit(port, "127.66.0.6") == 403
    block(world, [])
    wait_until(lambda: visit(port, "127.66.0.6") == 200, 30, "the end of the block")


def block(world: World, networks: list[str]) -> None:
    """As the web ACL of the region tells it."""
    body = json.dumps({"networks": networks}).encode()
    path = f"{world.host.url}/regions/{REGION}/balancer/block"
    urllib.request.urlopen(urllib.request.Request(path, data=body, method="POST"), timeout=5).close()  # noqa: S310


def visit(port: int, own: str) -> int:
    """The status for a visitor from an address."""
    door = http.client.HTTPConnection(ADDRESS, port, timeout=2, source_address=(own, 0))
    try:
        door.request("GET", "/health")
        return door.getresponse().status
    finally:
        door.close()


def test_a_load_balancer_that_some_cannot_reach_serves_the_others(world: World, url: str) -> None:
    world.host.disturb_balancer(REGION, deaf_to="lyo-dr")
    wait_until(lambda: status(url, "lyo-dr", 0.5) == 0, 30, "deafness")
    assert status(url, "user") == 200
    world.host.disturb_balancer(REGION)
    wait_until(lambda: status(url, "lyo-dr") == 200, 30, "the end of deafness")


def test_a_region_without_load_balancer_cannot_be_disturbed(world: World) -> None:
    with pytest.raises(ProcessError, match="there is no load balancer in me-central-1"):
        world.host.disturb_balancer("me-central-1", silent=True)


def test_a_database_that_restarts_is_away_for_as_long_as_asked_and_keeps_its_rows(world: World) -> None:
    world.given_database(REGION, "restarted", retention=0)
    with world.sql(REGION, "restarted") as connection:
        connection.execute("create table kept (id int)")
        connection.execute("insert into kept values (1)")
    began = time.monotonic()
    world.host.restart_database("restarted", 1.0)
    wait_until(lambda: not answers(world), 3, "the end of the server")
    wait_until(lambda: answers(world), 30, "the start of the server", every=0.05)
    assert time.monotonic() - began > 0.9
    with world.sql(REGION, "restarted") as connection:
        assert connection.execute("select id from kept").fetchall() == [(1,)]


def answers(world: World) -> bool:
    try:
        world.sql(REGION, "restarted").close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_database_that_is_lost_for_good_is_failed_refuses_a_snapshot_and_is_restored_beside(world: World) -> None:
    world.given_database(REGION, "mortal")
    rds = world.client("rds", REGION)

    def archived() -> bool:
        with world.sql(REGION, "mortal") as connection:
            connection.execute("create table if not exists noise (at timestamptz)")
            connection.execute("insert into noise values (clock_timestamp())")
        return "LatestRestorableTime" in world.instance(REGION, "mortal")

    wait_until(archived, 30, "a restorable moment", every=0.5)
    world.host.lose_database(f"{REGION}/mortal")
    assert world.instance(REGION, "mortal")["DBInstanceStatus"] == "failed"
    with pytest.raises(ClientError, match="failed, not in available state"):
        rds.create_db_snapshot(DBInstanceIdentifier="mortal", DBSnapshotIdentifier="evidence")
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="mortal", TargetDBInstanceIdentifier="beside", UseLatestRestorableTime=True
    )
    world.available(REGION, "beside")
    with world.sql(REGION, "beside") as connection:
        assert connection.execute("select count(*) > 0 from noise").fetchone() == (True,)
