"""A cache's token is rotated, and the rotation dies at any of its calls: the end is the same.

At no moment do the application's tasks, or tasks that would start now, hold a token their cache refuses.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from lyo_dr.adapters.aws import elasticache
from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.rotation.cache_tokens import cache_url
from lyo_dr.errors import LyoDrError
from lyo_dr.model.plan import Cache, Plan, plan_from_json
from lyo_dr.services.common import sql_functions
from lyo_dr.services.rotation.cache_tokens import url_in
from lyo_dr.steps.secret_rotation import (
    close_rotation,
    finish_token,
    open_rotation,
    redeploy_services,
    retire_token,
    rotate_token,
    stage_token,
)
from tests.plans import lyo_plan
from tests.unit.aws import Killed, World, changes, kill_at, refusal, secret_text
from tests.unit.builders import IRELAND, NOON, OREGON

SECRET = "lyo-saas/production/app-secrets"
GROUPS = {IRELAND: "lyo-saas-production-redis", OREGON: "lyo-saas-dr-redis"}
CACHE = Cache(name="sessions", secret=SECRET, key="REDIS_URL", groups=GROUPS)
URL = "rediss://:{}@{}.cache.example.com:6380/0?timeout=2"
TEXT = '{{ "REDIS_URL" : "{}",\n  "DATABASE_URL":"postgresql://a:b@c/d", "OPENAI_API_KEY":"\\u00e9" }}\n'
_NOW = NOON.isoformat()


@dataclass
class Group:
    """What ElastiCache does: the newest token and the one before it, or one alone; a look later it has settled."""

    valid: list[str]
    status: str = "available"
    asked: list[str] = field(default_factory=list)
    looks: int = 0
    ended: int = 0

    def describe(self) -> dict[str, Any]:
        """Modifying at the first look, available afterwards."""
        self.looks += 1
        if self.status == "modifying" and self.looks > 1:
            self.status = "available"
        return {"ReplicationGroups": [{"Status": self.status, "PendingModifiedValues": {}}]}

    def modify(self, asked: dict[str, Any]) -> None:
        """Refused while it changes."""
        if self.status != "available":
            raise refusal("InvalidReplicationGroupState", "it is modifying", "ModifyReplicationGroup")
        assert asked["ApplyImmediately"]
        token, strategy = asked["AuthToken"], asked["AuthTokenUpdateStrategy"]
        self.valid = [token] if strategy == "SET" else [self.valid[-1], token]
        self.asked.append(strategy)
        self.status, self.looks = "modifying", 0


class Elasticache:
    """A client of one region; every call can be killed, as any other."""

    def __init__(self, world: World, group: Group, name: str) -> None:
        self._world, self._group, self._name = world, group, name

    def describe_replication_groups(self, **asked: Any) -> dict[str, Any]:
        """As boto3 names it."""
        return dict(self._call("DescribeReplicationGroups", asked, self._group.describe))

    def modify_replication_group(self, **asked: Any) -> None:
        """As boto3 names it."""
        self._call("ModifyReplicationGroup", asked, lambda: self._group.modify(asked))

    def _call(self, operation: str, asked: dict[str, Any], act: Callable[[], Any]) -> Any:
        assert asked["ReplicationGroupId"] == self._name
        calls, name = self._world.calls, f"elasticache:{operation}"
        number = len(calls.made)
        calls.made.append(name)
        calls.before(number, name)
        answer = act()
        calls.after(number, name)
        return answer


@dataclass
class Caches:
    """Both groups, and the token the running tasks of Ireland say."""

    groups: dict[str, Group]
    tasks: str = "first-eu-west-1"

    def answer(self, world: World, function: str, asked: dict[str, Any], region: str) -> Any:
        """In the place of the functions inside the VPC."""
        group = self.groups[region]
        if function.endswith("end-cache-sessions"):
            group.ended += 1
            return {"ended": 2}
        assert function.endswith("try-token")
        world.calls.preparing = True
        accepted = url_in(world.plan, CACHE, region, asked["version"]).token in group.valid
        world.calls.preparing = False
        return {"accepted": accepted, "refused": not accepted, "reason": "" if accepted else "WRONGPASS"}


def token_of(region: str) -> str:
    return cache_url(json.loads(text_of(region))["REDIS_URL"]).token


def text_of(region: str) -> str:
    return secret_text(SECRET, region)


def labels_of(region: str) -> set[str]:
    stages = client("secretsmanager", region).describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    return {label for found in stages.values() for label in found}


@pytest.fixture
def cached(build: Callable[[Plan], World]) -> World:
    """A plan whose login cannot be rotated: there is nothing but a cache."""
    raw = json.loads(lyo_plan().to_json())
    raw["databases"][0]["app_roles"] = ["lyo_app"]
    raw["secrets"][0]["issued"] = []
    raw["caches"] = [{"name": "sessions", "secret": SECRET, "key": "REDIS_URL", "groups": GROUPS}]
    return build(plan_from_json(json.dumps(raw)))


@pytest.fixture
def caches(cached: World, monkeypatch: pytest.MonkeyPatch) -> Caches:
    monkeypatch.setenv("AWS_REGION", IRELAND)
    cached.calls.preparing = True
    for region in (IRELAND, OREGON):
        text = TEXT.format(URL.format(f"first-{region}", region))
        client("secretsmanager", region).create_secret(Name=SECRET, SecretString=text)
    cached.calls.preparing = False
    found = Caches({region: Group([f"first-{region}"]) for region in (IRELAND, OREGON)})
    fakes = {region: Elasticache(cached, found.groups[region], GROUPS[region]) for region in GROUPS}
    monkeypatch.setattr(elasticache, "client", lambda _service, region: fakes[region])

    def invoke(function: str, payload: dict[str, Any], region: str, *, seconds: float) -> Any:
        assert seconds < 30
        assert not any(token in json.dumps(payload) for group in found.groups.values() for token in group.valid)
        return found.answer(cached, function, payload, region)

    monkeypatch.setattr(sql_functions, "invoke", invoke)
    return found


class Run:
    """The machine, state by state; what a state has put out is kept, as Step Functions keeps it."""

    def __init__(self, execution: str, caches: Caches) -> None:
        self.execution, self.caches = execution, caches
        self.kept: dict[str, Any] = {}

    def to_the_end(self) -> str:
        """Every state after those that have put something out already."""
        opening = self._state("open", open_rotation.handler, order={}, execution=self.execution, started_at=_NOW)
        assert opening["status"] == "open", opening
        rotation = opening["rotation"]
        assert rotation["secrets"] == []
        tokens = []
        for place in rotation["tokens"]:
            name = place["region"]
            staged = self._state(f"stage {name}", stage_token.handler, rotation=rotation, place=place)
            self._until_ready(f"rotate {name}", rotate_token.handler, rotation=rotation, staged=staged)
            self._state(f"finish {name}", finish_token.handler, rotation=rotation, staged=staged)
            tokens.append(staged)
        assert self._state("redeploy", redeploy_services.handler, rotation=rotation)["needed"]
        self.caches.tasks = token_of(IRELAND)
        for staged in tokens:
            name = staged["place"]["region"]
            self._until_ready(f"retire {name}", retire_token.handler, rotation=rotation, staged=staged)
        return str(self._state("close", close_rotation.handler, rotation=rotation)["ending"])

    def _state(self, name: str, handler: Callable[..., Any], **given: Any) -> Any:
        if name not in self.kept:
            self.kept[name] = handler(given)
        return self.kept[name]

    def _until_ready(self, name: str, handler: Callable[..., Any], **given: Any) -> None:
        for _ in range(9):
            if self.kept.get(name, {}).get("status") == "ready":
                return
            answer = handler({**given, "started_at": datetime.now(UTC).isoformat()})
            assert answer["status"] in ("ready", "pending"), answer
            self.kept[name] = answer
        raise AssertionError(self.kept[name])


def assert_always_valid(world: World, caches: Caches) -> None:
    """After every change: what the tasks say is accepted, and what tasks that start now would say, in both regions."""

    def check(_number: int, name: str) -> None:
        if not changes([name]):
            return
        assert caches.tasks in caches.groups[IRELAND].valid, "the running application was locked out"
        for region, group in caches.groups.items():
            assert token_of(region) in group.valid, f"a task that starts in {region} now is locked out"

    world.calls.after = check


def assert_rotated(caches: Caches) -> None:
    for region, group in caches.groups.items():
        token = token_of(region)
        assert group.valid == [token] != [f"first-{region}"]
        assert group.ended >= 1
        assert text_of(region) == TEXT.format(URL.format(token, region)), "every other byte is as it was"
        assert labels_of(region) == {"AWSCURRENT", "AWSPREVIOUS"}
    assert token_of(IRELAND) != token_of(OREGON), "each group has its own"


def test_fault_47_the_twin_a_token_nobody_interrupts(cached: World, caches: Caches) -> None:
    assert_always_valid(cached, caches)
    run = Run("one", caches)
    assert run.to_the_end() == "rotated"
    assert_rotated(caches)
    assert all(group.asked == ["ROTATE", "SET"] and group.ended == 1 for group in caches.groups.values())
    kept = json.dumps(run.kept)
    assert not any(token_of(region) in kept or f"first-{region}" in kept for region in (IRELAND, OREGON))


CHANGES = range(1, 65)


@pytest.mark.parametrize("number", CHANGES)
def test_fault_47_a_token_killed_before_any_change_and_tried_again(cached: World, caches: Caches, number: int) -> None:
    assert_always_valid(cached, caches)
    kill_at(cached, number)
    run = Run("one", caches)
    try:
        run.to_the_end()
    except Killed:
        cached.calls.before = lambda _number, _name: None
        assert run.to_the_end() == "rotated"
    assert_rotated(caches)


@pytest.mark.parametrize("number", CHANGES)
def test_fault_47_a_token_killed_for_good_another_rotation_takes_it_up(
    cached: World, caches: Caches, number: int
) -> None:
    assert_always_valid(cached, caches)
    kill_at(cached, number)
    try:
        Run("one", caches).to_the_end()
    except Killed:
        cached.calls.before = lambda _number, _name: None
        _let_the_lease_end(cached)
        assert Run("two", caches).to_the_end() == "rotated"
    assert_rotated(caches)


def test_every_change_of_a_token_is_among_those_that_are_killed(cached: World, caches: Caches) -> None:
    Run("counted", caches).to_the_end()
    assert changes(cached.calls.made) == CHANGES[-1]


def test_somebody_elses_change_is_waited_for_and_said(cached: World, caches: Caches) -> None:
    caches.groups[IRELAND].status, caches.groups[IRELAND].looks = "snapshotting", -99
    opening = open_rotation.handler({"order": {}, "execution": "one", "started_at": _NOW})
    given = {"rotation": opening["rotation"], "place": opening["rotation"]["tokens"][0]}
    staged = stage_token.handler(given)
    asked = {"rotation": opening["rotation"], "staged": staged, "started_at": datetime.now(UTC).isoformat()}
    answer = rotate_token.handler(asked)
    assert answer["status"] == "pending"
    assert "sessions in eu-west-1: not yet: the group is snapshotting" in answer["sentence"]
    assert caches.groups[IRELAND].asked == []


def test_the_former_token_stays_while_the_one_in_the_secret_is_refused(
    cached: World, caches: Caches, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, group = Run("one", caches), caches.groups[IRELAND]
    finish = redeploy_services.handler

    def somebody_sets_another(request: dict[str, Any]) -> Any:
        group.valid = [f"first-{IRELAND}", "another"]
        return finish(request)

    monkeypatch.setattr(redeploy_services, "handler", somebody_sets_another)
    with pytest.raises(AssertionError, match="the new token is not accepted"):
        run.to_the_end()
    assert group.asked == ["ROTATE"]


def test_a_secret_that_is_not_named_keeps_its_token(cached: World, caches: Caches) -> None:
    with pytest.raises(LyoDrError, match="other cannot be rotated; choose from lyo-saas/production/app-secrets"):
        open_rotation.handler({"order": {"secrets": ["other"]}, "execution": "one", "started_at": _NOW})


def _let_the_lease_end(world: World) -> None:
    lease = world.ctx(region=IRELAND).peer.control.lease()
    if lease is not None:
        world.ctx(region=OREGON).store.control.release_lease(lease.holder, lease.epoch, world.ctx().now())
