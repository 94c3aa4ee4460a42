"""A rotation dies at any of its calls, and is run again: by Step Functions, or by somebody who starts another one.

Every time the end is the same, and at no moment the application's login was invalid.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.common.addresses.database_address import Login, login_of
from lyo_dr.model.plan import DATABASE_URL
from lyo_dr.model.rotation import HOLDER, PROVEN
from lyo_dr.services.common import application_login, sql_functions
from lyo_dr.steps.secret_rotation import (
    announce_rotation_failure,
    close_rotation,
    create_secret,
    finish_secret,
    open_rotation,
    prove_retired,
    redeploy_services,
    retire_login,
    set_secret,
    test_secret,
)
from tests.plans import lyo_plan
from tests.unit.aws import Killed, World, changes, kill_at, secret_text
from tests.unit.builders import IRELAND, NOON, OREGON

PLAN = lyo_plan()
SECRET = "lyo-saas/production/app-secrets"
URL = "postgresql://{}:{}@{}.db.example.com:5432/bookings?sslmode=verify-full"
TEXT = '{{ "REDIS_URL" : "rediss://:r\\u00e9d@cache/0",\n  "DATABASE_URL":"{}", "OPENAI_API_KEY":"sk-1" }}\n'


@dataclass
class Database:
    """What PostgreSQL knows: a password for each user. ``tasks`` is what the running application logs in with."""

    passwords: dict[str, str] = field(default_factory=lambda: {"lyo_app": "first"})
    tasks: Login = field(default_factory=lambda: Login("lyo_app", "first"))
    ended: list[str] = field(default_factory=list)

    def accepts(self, login: Login) -> bool:
        """Whether it lets somebody in."""
        return self.passwords.get(login.user) == login.password

    def answer(self, function: str, asked: dict[str, Any], region: str) -> Any:
        """In the place of the functions inside the VPC."""
        if function.endswith("set-password"):
            login = self._login(asked, region)
            self.passwords[login.user] = login.password
            return {"done": True, "reason": "set"}
        if function.endswith("try-login"):
            accepted = self.accepts(
                application_login.login_in(PLAN, asked["secret"], asked["database"], region, asked["version"])
            )
            return {"accepted": accepted, "refused": not accepted, "reason": "" if accepted else "28P01"}
        assert function.endswith("retire-user")
        assert copy_of(region).user != asked["user"], "the user in use is never retired"
        self.passwords[asked["user"]] = f"nobody knows {len(self.ended)}"
        self.ended.append(asked["user"])
        return {"done": True, "reason": "set", "ended": 2}

    @staticmethod
    def _login(asked: dict[str, Any], region: str) -> Login:
        return application_login.login_in(PLAN, asked["secret"], asked["database"], region, asked["version"])


def copy_of(region: str) -> Login:
    return login_of(json.loads(text_of(region))[DATABASE_URL])


def text_of(region: str, label: str = "AWSCURRENT") -> str:
    return secret_text(SECRET, region, label)


def labels_of(region: str) -> set[str]:
    stages = client("secretsmanager", region).describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    return {label for found in stages.values() for label in found}


@pytest.fixture
def database(world: World, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Both regions' copies on the first day; Ireland works."""
    monkeypatch.setenv("AWS_REGION", IRELAND)
    world.calls.preparing = True
    for region in (IRELAND, OREGON):
        text = TEXT.format(URL.format("lyo_app", "first", region))
        client("secretsmanager", region).create_secret(Name=SECRET, SecretString=text)
    world.calls.preparing = False
    found = Database()

    def invoke(function: str, payload: dict[str, Any], region: str, *, seconds: float) -> Any:
        assert seconds < 30
        assert "first" not in json.dumps(payload)
        with world.elsewhere():
            return found.answer(function, payload, region)

    monkeypatch.setattr(sql_functions, "invoke", invoke)
    return found


class Run:
    """The machine, state by state; what a state has put out is kept, as Step Functions keeps it."""

    def __init__(self, execution: str, database: Database) -> None:
        self.execution, self.database = execution, database
        self.kept: dict[str, Any] = {}

    def to_the_end(self) -> str:
        """Every state after those that have put something out already."""
        opening = self._state("open", open_rotation.handler, order={}, execution=self.execution, started_at=_NOW)
        assert opening["status"] == "open", opening
        rotation = opening["rotation"]
        staged = self._state("create", create_secret.handler, rotation=rotation, secret=SECRET)
        given = {"rotation": rotation, "staged": staged}
        self._state("set", set_secret.handler, **given)
        assert self._state("test", test_secret.handler, **given, started_at=_NOW)["status"] == "ready"
        self._state("finish", finish_secret.handler, **given)
        self._state("redeploy", redeploy_services.handler, rotation=rotation)
        self.database.tasks = copy_of(IRELAND)
        self._state("retire", retire_login.handler, **given)
        assert self._state("prove", prove_retired.handler, **given, started_at=_NOW)["status"] == "ready"
        return str(self._state("close", close_rotation.handler, rotation=rotation)["ending"])

    def fail(self) -> Any:
        """What the machine does when a state has failed for good."""
        opening = {"opening": self.kept["open"]} if "open" in self.kept else {}
        return announce_rotation_failure.handler(
            {"execution": self.execution, "so_far": {**opening, "error": {"Error": "Runtime.ExitError", "Cause": ""}}}
        )

    def _state(self, name: str, handler: Callable[..., Any], **given: Any) -> Any:
        if name not in self.kept:
            self.kept[name] = handler(given)
        return self.kept[name]


_NOW = NOON.isoformat()


def assert_always_valid(world: World, database: Database) -> None:
    """After every change: what the tasks use works, and what tasks that start now would read works, in both regions."""

    def check(_number: int, name: str) -> None:
        if not changes([name]):
            return
        assert database.accepts(database.tasks), "the running application was locked out"
        for region in (IRELAND, OREGON):
            assert database.accepts(copy_of(region)), f"a task that starts in {region} now is locked out"

    world.calls.after = check


def assert_rotated(database: Database) -> None:
    user = copy_of(IRELAND).user
    assert user == "lyo_app_b"
    assert copy_of(OREGON) == copy_of(IRELAND)
    assert database.accepts(copy_of(IRELAND))
    assert not database.accepts(Login("lyo_app", "first"))
    for region in (IRELAND, OREGON):
        assert "AWSPENDING" not in labels_of(region)
        assert text_of(region, PROVEN) == text_of(region)
        url = json.loads(text_of(region))[DATABASE_URL]
        assert text_of(region).replace(url, "") == TEXT.format("")
        assert url.endswith(f"@{region}.db.example.com:5432/bookings?sslmode=verify-full")


def test_fault_47_the_twin_a_rotation_nobody_interrupts(world: World, database: Database) -> None:
    assert_always_valid(world, database)
    assert Run("one", database).to_the_end() == "rotated"
    assert_rotated(database)
    assert database.ended == ["lyo_app"]


def test_the_next_rotation_goes_back_to_the_first_user_with_another_password(world: World, database: Database) -> None:
    assert_always_valid(world, database)
    for name in ("one", "two"):
        assert Run(name, database).to_the_end() == "rotated"
    assert copy_of(IRELAND).user == "lyo_app"
    assert copy_of(IRELAND).password != "first"
    assert database.ended == ["lyo_app", "lyo_app_b"]


CHANGES = range(1, 39)


@pytest.mark.parametrize("number", CHANGES)
def test_fault_47_killed_before_any_change_and_tried_again_it_ends_the_same(
    world: World, database: Database, number: int
) -> None:
    assert_always_valid(world, database)
    kill_at(world, number)
    run = Run("one", database)
    try:
        run.to_the_end()
    except Killed:
        world.calls.before = lambda _number, _name: None
        assert run.to_the_end() == "rotated"
    assert_rotated(database)


@pytest.mark.parametrize("number", CHANGES)
def test_fault_47_killed_before_any_change_for_good_another_rotation_takes_it_up(
    world: World, database: Database, number: int
) -> None:
    assert_always_valid(world, database)
    kill_at(world, number)
    first = Run("one", database)
    try:
        first.to_the_end()
    except Killed:
        world.calls.before = lambda _number, _name: None
        _let_the_lease_end(world)
        done = copy_of(IRELAND).user == "lyo_app_b" and all(
            text_of(region, PROVEN) == text_of(region) for region in (IRELAND, OREGON)
        )
        assert Run("two", database).to_the_end() == "rotated"
        if done:  # nothing but its last words was missing: the second one is a rotation of its own
            assert copy_of(IRELAND).user == copy_of(OREGON).user == "lyo_app"
        else:
            assert_rotated(database)


def test_every_change_is_among_those_that_are_killed(world: World, database: Database) -> None:
    Run("counted", database).to_the_end()
    assert changes(world.calls.made) == CHANGES[-1]


def _let_the_lease_end(world: World) -> None:
    """Nobody gave it back: it ends by itself."""
    lease = world.ctx(region=IRELAND).peer.control.lease()
    if lease is not None:
        world.ctx(region=OREGON).store.control.release_lease(lease.holder, lease.epoch, world.ctx().now())


def test_fault_47_a_failure_is_told_and_gives_the_lease_back(world: World, database: Database) -> None:
    world.calls.fail("ecs:UpdateService", ClientError({"Error": {"Code": "X", "Message": "no"}}, "UpdateService"))
    run = Run("one", database)
    with pytest.raises(Exception, match="deploying"):
        run.to_the_end()
    assert run.fail()["queued"] == ["responders"]
    lease = world.ctx(region=OREGON).store.control.lease()
    assert lease is not None
    assert lease.expires_at <= world.ctx().now()
    assert database.accepts(Login("lyo_app", "first")), "the old login is left alone"
    said = [line.sentence for line in world.ctx(region=IRELAND).store.incidents.timeline(f"{HOLDER}one")]
    assert any("ACTION NEEDED: secret rotation not finished" in sentence for sentence in said)


def test_fault_47_an_abandoned_pending_version_does_not_block_and_is_never_used(
    world: World, database: Database
) -> None:
    abandoned = TEXT.format(URL.format("lyo_app_b", "abandoned", IRELAND))
    client("secretsmanager", IRELAND).put_secret_value(
        SecretId=SECRET, SecretString=abandoned, ClientRequestToken="a" * 32, VersionStages=["AWSPENDING"]
    )
    assert_always_valid(world, database)
    assert Run("one", database).to_the_end() == "rotated"
    assert_rotated(database)
    assert copy_of(IRELAND).password != "abandoned"
