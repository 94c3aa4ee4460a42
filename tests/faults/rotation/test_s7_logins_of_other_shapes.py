"""S7: logins as AWS stores them, and several in one secret, are pointed by a restore and changed by a rotation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.common.addresses.database_address import login_of
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.rotation import PROVEN
from lyo_dr.services.common import application_login, sql_functions
from lyo_dr.steps.database_restore import point_secrets
from lyo_dr.steps.secret_rotation import (
    close_rotation,
    create_secret,
    finish_secret,
    open_rotation,
    prove_retired,
    retire_login,
    set_secret,
    test_secret,
)
from tests.plans import raw_plan_of_two
from tests.unit.aws import World, secret_text
from tests.unit.builders import IRELAND, NOON, OREGON

SECRET = "acme/logins"
OF_AWS: dict[str, Any] = {
    "engine": "postgres",
    "host": "old",
    "port": 5432,
    "username": "lyo_app",
    "password": "p#[",
    "dbname": "b",
}
URLS = {
    "MAIN": "postgres://lyo_app:one@main/b",
    "READ_URL": "postgres://lyo_app:one@replica/b",
    "ARCHIVE": "postgres://lyo_app:two@archive/a",
    "STRIPE": "sk-1",
}
LOGINS = [
    {"database": "bookings", "url_key": "MAIN"},
    {"database": "bookings", "url_key": "READ_URL"},
    {"database": "archive", "url_key": "ARCHIVE"},
]


def a_plan(keys: list[str], **more: Any) -> Plan:
    raw = raw_plan_of_two(secrets=[{"name": SECRET, "keys": keys, **more}])
    raw["breach"]["secrets"] = [SECRET]
    return read_plan(raw)


def fill(text: dict[str, Any]) -> None:
    for region in (IRELAND, OREGON):
        client("secretsmanager", region).create_secret(Name=SECRET, SecretString=json.dumps(text))


def held(region: str = OREGON, label: str = "AWSCURRENT") -> dict[str, Any]:
    return dict(json.loads(secret_text(SECRET, region, label)))


def _point(world: World) -> Any:
    own = {"host": "old", "port": 5432, "username": "lyo_dr", "password": "x", "dbname": "b"}
    client("secretsmanager", OREGON).create_secret(Name="lyo-dr/bookings/sql", SecretString=json.dumps(own))
    beside = {"status": "ready", "sentence": "", "identifier": "new-1", "host": "new", "port": 6432}
    incident = msgspec.to_builtins(world.given_incident())
    return point_secrets.handler({"incident": incident, "database": "bookings", "beside": beside, "logins": ""})


def test_s7_a_restore_points_a_login_as_aws_stores_it(build: Callable[[Plan], World]) -> None:
    world = build(a_plan(list(OF_AWS)))
    fill({**OF_AWS, "dbInstanceIdentifier": "old-1"})
    assert _point(world)["sentence"].startswith(f"{SECRET}, lyo-dr/bookings/sql point to new-1")
    assert held() == {**OF_AWS, "host": "new", "port": 6432, "dbInstanceIdentifier": "new-1"}


def test_s7_a_restore_points_every_url_of_its_database_and_no_other(build: Callable[[Plan], World]) -> None:
    world = build(a_plan(list(URLS), logins=LOGINS))
    fill(URLS)
    _point(world)
    assert held() == {
        **URLS,
        "MAIN": "postgres://lyo_app:one@new:6432/b",
        "READ_URL": "postgres://lyo_app:one@new:6432/b",
    }


@pytest.mark.parametrize(
    ("text", "login", "now"),
    [
        (
            {"URL": "postgres://lyo_app@old:5432/b?sslmode=verify-full"},
            {"url_key": "URL"},
            {"URL": "postgres://lyo_app@new:6432/b?sslmode=verify-full"},
        ),
        (
            {"host": "old", "port": 5432, "username": "lyo_app"},
            {"format": "rds"},
            {"host": "new", "port": 6432, "username": "lyo_app"},
        ),
    ],
)
def test_a_restore_points_a_login_without_a_password(
    build: Callable[[Plan], World], text: dict[str, Any], login: dict[str, Any], now: dict[str, Any]
) -> None:
    plan = a_plan(list(text), logins=[{"database": "bookings", "auth": "iam", **login}])
    world = build(plan)
    fill(text)
    assert _point(world)["sentence"].startswith(f"{SECRET}, lyo-dr/bookings/sql point to new-1")
    assert held() == now
    assert application_login.logins_to(plan, "bookings", OREGON) == [], "no password is set in the restored data"


class Databases:
    """Two of them, each with its users and passwords; the functions in the VPC answer for them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.passwords = {"bookings": {"lyo_app": "one"}, "archive": {"lyo_app": "two"}}

    def invoke(self, function: str, asked: dict[str, Any], region: str, **_: Any) -> Any:
        """In the place of the functions inside the VPC."""
        known = self.passwords[asked["database"]]
        if function.endswith("retire-user"):
            known[asked["user"]] = "nobody knows"
            return {"done": True, "reason": "set", "ended": 1}
        login = application_login.login_in(self.plan, asked["secret"], asked["database"], region, asked["version"])
        if function.endswith("set-password"):
            known[login.user] = login.password
            return {"done": True, "reason": "set"}
        accepted = known.get(login.user) == login.password
        return {"accepted": accepted, "refused": not accepted, "reason": "" if accepted else "28P01"}


def rotate(execution: str) -> Any:
    """The states of the machine, one after the other, without the tasks."""
    at = NOON.isoformat()
    opened = open_rotation.handler({"order": {}, "execution": execution, "started_at": at})
    rotation = opened["rotation"]
    given = {"rotation": rotation, "staged": create_secret.handler({"rotation": rotation, "secret": SECRET})}
    set_secret.handler(given)
    assert test_secret.handler({**given, "started_at": at})["status"] == "ready"
    finish_secret.handler(given)
    retire_login.handler(given)
    assert prove_retired.handler({**given, "started_at": at})["status"] == "ready"
    close_rotation.handler({"rotation": rotation})
    return given["staged"]


@pytest.fixture
def rotating(build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch) -> Callable[[Plan], Databases]:
    """Ireland works on a plan."""

    def begin(plan: Plan) -> Databases:
        monkeypatch.setenv("AWS_REGION", IRELAND)
        build(plan)
        databases = Databases(plan)
        monkeypatch.setattr(sql_functions, "invoke", databases.invoke)
        return databases

    return begin


def test_s7_the_logins_of_two_databases_change_in_one_version(rotating: Callable[[Plan], Databases]) -> None:
    databases = rotating(a_plan(list(URLS), logins=LOGINS))
    fill(URLS)
    for execution, user, former in (("one", "lyo_app_b", "lyo_app"), ("two", "lyo_app", "lyo_app_b")):
        staged = rotate(execution)
        assert [(each["database"], each["user"], each["retiring"]) for each in staged["users"]] == [
            ("bookings", user, former),
            ("archive", user, former),
        ]
        for region in (IRELAND, OREGON):
            now = held(region)
            assert login_of(now["MAIN"]) == login_of(now["READ_URL"])
            assert databases.passwords["bookings"][user] == login_of(now["MAIN"]).password
            assert databases.passwords["archive"][user] == login_of(now["ARCHIVE"]).password
            assert (now["STRIPE"], held(region, PROVEN)) == ("sk-1", now)
            before = held(region, "AWSPREVIOUS")
            assert {login_of(before[key]).user for key in ("MAIN", "READ_URL", "ARCHIVE")} == {former}
        assert {known[former] for known in databases.passwords.values()} == {"nobody knows"}


def test_s7_a_login_as_aws_stores_it_is_rotated(rotating: Callable[[Plan], Databases]) -> None:
    databases = rotating(a_plan(list(OF_AWS)))
    databases.passwords["bookings"]["lyo_app"] = OF_AWS["password"]
    fill(OF_AWS)
    rotate("one")
    now = held(IRELAND)
    assert {**now, "username": "", "password": ""} == {**OF_AWS, "username": "", "password": ""}
    assert (now["username"], databases.passwords["bookings"]["lyo_app_b"]) == ("lyo_app_b", now["password"])
    assert held(OREGON) == now
