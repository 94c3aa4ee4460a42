"""A lost region: everything of it is gone at once, and nothing acknowledged before is lost on a near replica."""

import threading
import time

import psutil
import pytest
from botocore.exceptions import ClientError

from local_aws.data_plane.processes import wait_until
from local_aws.ports import free_port
from tests.local_aws.data_plane.data_plane_world import World, ask, booking

# LOST stays lost: no other file that may share the data plane uses it.
LOST, SPARED = "me-south-1", "eu-central-1"


class Guests:
    """A client that books as fast as it can and remembers what was acknowledged, and when."""

    def __init__(self, url: str) -> None:
        self.acknowledged: dict[str, float] = {}
        self._url = url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._book, daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Book no more."""
        self._over.set()
        self._thread.join(10)

    def _book(self) -> None:
        while not self._over.is_set():
            wanted = booking()
            if ask(self._url + "/bookings", wanted, seconds=1).status == 201:
                self.acknowledged[wanted["id"]] = time.time()


def test_a_killed_region_leaves_no_process_and_loses_only_what_was_under_way(world: World) -> None:
    world.given_database(LOST, "doomed")
    world.given_schema(LOST, "doomed")
    world.given_replica(SPARED, "heir", LOST, "doomed")
    address, port = "127.0.84.1", free_port("127.0.84.1")
    world.host.place_balancer(LOST, address, port)
    world.given_app(LOST, "doomed-app", world.database_url(LOST, "doomed"), desired=2)
    front = f"http://{address}:{port}"
    wait_until(lambda: ask(front + "/health/ready").status == 200, 30, "the app behind its load balancer", every=0.1)
    pids = _pids(world, LOST)

    guests = Guests(front)
    wait_until(lambda: len(guests.acknowledged) > 100, 20, "a hundred bookings")
    killed_at = world.host.kill_region(LOST)
    guests.leave()

    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert ask(front + "/health").status == 0
    world.client("rds", SPARED).promote_read_replica(DBInstanceIdentifier="heir", BackupRetentionPeriod=7)
    world.available(SPARED, "heir")
    with world.sql(SPARED, "heir") as connection:
        kept = {str(row[0]) for row in connection.execute("select id from lyo_appointments")}
        connection.execute("insert into lyo_appointments values (gen_random_uuid(), 'Bob', 'tomorrow')")
    lost = {name: at for name, at in guests.acknowledged.items() if name not in kept}
    assert all(at > killed_at - 1.0 for at in lost.values()), "only bookings of the last moment may be missing"

    with pytest.raises(ClientError, match="does not answer"):
        world.client("rds", LOST, attempts=1).describe_db_instances()


def test_a_region_that_comes_back_has_its_old_data_and_its_old_counts(world: World) -> None:
    region = "ap-south-1"
    world.given_database(region, "sleeper")
    world.given_schema(region, "sleeper")
    world.given_app(region, "sleeper-app", world.database_url(region, "sleeper"), desired=1)
    world.runs(region, "sleeper-app", 1)
    with world.sql(region, "sleeper") as connection:
        connection.execute("insert into lyo_appointments values (gen_random_uuid(), 'Eve', 'noon')")
    world.host.kill_region(region)
    assert not _pids(world, region)
    world.host.revive_region(region)
    world.runs(region, "sleeper-app", 1)
    with world.sql(region, "sleeper") as connection:
        assert connection.execute("select customer from lyo_appointments").fetchall() == [("Eve",)]


def test_a_region_may_be_told_to_come_back_as_often_as_one_likes(world: World) -> None:
    """Each process stays the one it was, and a link that is cut on purpose stays cut."""
    region, peer = "sa-east-1", SPARED
    world.given_database(region, "twice")
    world.given_replica(peer, "twice-heir", region, "twice")
    world.host.place_balancer(region, "127.0.85.1", free_port("127.0.85.1"))
    world.host.revive_region(region)
    world.host.kill_region(region)
    world.host.revive_region(region)
    once = _running(world, region)
    world.host.set_relay("twice-heir", cut=True)
    world.host.revive_region(region)
    assert _running(world, region) == once
    assert len(once) == 2
    assert _cut(world, "twice-heir")
    with world.sql(region, "twice") as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]


def _running(world: World, region: str) -> list[int]:
    state = world.host.state()
    return [each["pid"] for kind in ("databases", "balancers") for each in state[kind] if each["region"] == region]


def _cut(world: World, replica: str) -> bool:
    (found,) = [each for each in world.host.state()["databases"] if each["identifier"] == replica]
    return bool(found["relay"]["cut"])


def _pids(world: World, region: str) -> list[int]:
    """Every process of a region, the children of its databases included."""
    state = world.host.state()
    eldest = [entry["pid"] for kind in ("databases", "balancers") for entry in state[kind] if entry["region"] == region]
    eldest += [task["pid"] for service in state["services"] if service["region"] == region for task in service["tasks"]]
    found = [psutil.Process(pid) for pid in eldest if pid]
    return [process.pid for parent in found for process in (parent, *parent.children(recursive=True))]
