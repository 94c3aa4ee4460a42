"""A secret with another name in each region is found under it by all that read or write it; none has the plan's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.common.addresses.database_address import login_of
from lyo_dr.model.issuer import HANDED_OVER, KeyTry
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.services.common import application_login, sql_functions
from lyo_dr.services.rotation.cache_tokens import url_in
from lyo_dr.steps.database_restore import point_secrets
from lyo_dr.steps.preserve_breach import preserve_secrets
from lyo_dr.steps.secret_rotation import (
    close_rotation,
    create_secret,
    finish_key,
    finish_secret,
    finish_token,
    open_rotation,
    prove_key,
    prove_retired,
    retire_login,
    set_secret,
    stage_token,
    test_key,
    test_secret,
)
from tests.plans import raw_plan
from tests.unit.aws import World, secret_text
from tests.unit.builders import IRELAND, NOON, OREGON

SECRET = "app"
NAMES = {IRELAND: "acme-prod-AppSecret-8sK2lQ9zXc", OREGON: "acme-dr-AppSecret-x7Pq"}
KEY = "OPENAI_API_KEY"
GROUPS = {IRELAND: "lyo-saas-production-redis", OREGON: "lyo-saas-dr-redis"}
TEXT = {
    "DATABASE_URL": "postgresql://lyo_app:first@old:5432/bookings",
    "REDIS_URL": "rediss://:first@cache:6379/0",
    KEY: "sk-old",
}
_AT = NOON.isoformat()


def a_plan() -> Plan:
    raw = raw_plan()
    (secret,) = raw["secrets"]
    secret |= {"name": SECRET, "names": NAMES, "keys": list(TEXT)}
    secret["issued"] = [each for each in secret["issued"] if each["key"] == KEY]
    raw["caches"] = [{"name": "sessions", "secret": SECRET, "key": "REDIS_URL", "groups": GROUPS}]
    raw["breach"]["secrets"] = [SECRET]
    return read_plan(raw)


def held(region: str) -> dict[str, str]:
    return dict(json.loads(secret_text(NAMES[region], region)))


@pytest.fixture
def named(build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch) -> World:
    """Ireland works; the functions inside the VPC find every login accepted that a secret holds, and no other."""
    monkeypatch.setenv("AWS_REGION", IRELAND)
    world, retired = build(a_plan()), set[str]()
    for region, name in NAMES.items():
        client("secretsmanager", region).create_secret(Name=name, SecretString=json.dumps(TEXT))

    def invoke(function: str, asked: dict[str, Any], region: str, **_: Any) -> Any:
        if function.endswith("retire-user"):
            retired.add(asked["user"])
            return {"done": True, "reason": "set", "ended": 1}
        login = application_login.login_in(world.plan, asked["secret"], asked["database"], region, asked["version"])
        if function.endswith("set-password"):
            return {"done": True, "reason": "set"}
        return {"accepted": login.user not in retired, "refused": login.user in retired, "reason": ""}

    monkeypatch.setattr(sql_functions, "invoke", invoke)
    return world


def opened(**order: Any) -> Any:
    return open_rotation.handler({"order": order, "execution": "one", "started_at": _AT})["rotation"]


def test_s9_a_login_is_rotated_in_the_copies_of_both_regions(named: World) -> None:
    rotation = opened(secrets=[SECRET])
    given = {"rotation": rotation, "staged": create_secret.handler({"rotation": rotation, "secret": SECRET})}
    set_secret.handler(given)
    assert test_secret.handler({**given, "started_at": _AT})["status"] == "ready"
    finish_secret.handler(given)
    retire_login.handler(given)
    assert prove_retired.handler({**given, "started_at": _AT})["status"] == "ready"
    assert close_rotation.handler({"rotation": rotation})["ending"] == "rotated"
    (user,) = {login_of(held(region)["DATABASE_URL"]).user for region in NAMES}
    assert user == "lyo_app_b"


def test_s9_an_issued_key_is_taken_in_both_regions(named: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = {test_key: KeyTry(status=200), prove_key: KeyTry(status=401)}
    for module, answer in tried.items():
        monkeypatch.setattr(module, "try_key", lambda *_args, answer=answer, **_named: answer)
    client("secretsmanager", IRELAND).put_secret_value(
        SecretId=NAMES[IRELAND], SecretString=json.dumps({KEY: "sk-brand-new"}), VersionStages=[HANDED_OVER + KEY]
    )
    given = {"rotation": opened(keys=[{"secret": SECRET, "key": KEY}]), "key": {"secret": SECRET, "key": KEY}}
    tested = test_key.handler(given)
    assert tested["status"] == "accepted"
    replaced = finish_key.handler({**given, "tested": tested})
    assert {region: held(region)[KEY] for region in NAMES} == {IRELAND: "sk-brand-new", OREGON: "sk-brand-new"}
    proven = prove_key.handler({"rotation": given["rotation"], "replaced": replaced, "started_at": _AT})
    assert proven["status"] == "ready"


@pytest.mark.parametrize("region", [IRELAND, OREGON])
def test_s9_a_token_is_staged_and_taken_where_its_cache_is(named: World, region: str) -> None:
    given = {"rotation": opened(secrets=[SECRET])}
    staged = stage_token.handler({**given, "place": {"cache": "sessions", "region": region}})
    finish_token.handler({**given, "staged": staged})
    token = url_in(named.plan, named.plan.caches[0], region, "").token
    assert held(region) == {**TEXT, "REDIS_URL": f"rediss://:{token}@cache:6379/0"}
    assert token != "first"


def test_s9_a_restore_points_the_secret_of_its_region(named: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", OREGON)
    own = {"host": "old", "port": 5432, "username": "lyo_dr", "password": "x", "dbname": "b"}
    client("secretsmanager", OREGON).create_secret(Name="lyo-dr/bookings/sql", SecretString=json.dumps(own))
    beside = {"status": "ready", "sentence": "", "identifier": "new-1", "host": "new", "port": 6432}
    incident = msgspec.to_builtins(named.given_incident())
    said = point_secrets.handler({"incident": incident, "database": "bookings", "beside": beside, "logins": ""})
    assert said["sentence"].startswith(f"{NAMES[OREGON]}, lyo-dr/bookings/sql point to new-1")
    assert held(OREGON)["DATABASE_URL"] == "postgresql://lyo_app:first@new:6432/bookings"
    assert held(IRELAND) == TEXT


def test_s9_evidence_lists_the_versions_of_the_regions_secret(named: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filed under the plan's name, read under that of the region."""
    asked: list[tuple[str, str]] = []

    class Kept:
        def __init__(self, *_: Any) -> None: ...

        def attempt(self, _part: str, _name: str, what: str, keep: Callable[[], None]) -> None:
            """At once."""
            assert what == f"version ids of secret {SECRET}"
            keep()

        def keep(self, *_: Any) -> None: ...

    monkeypatch.setattr(preserve_secrets, "EvidenceStore", Kept)

    def listed(name: str, region: str) -> list[Any]:
        asked.append((name, region))
        return []

    monkeypatch.setattr(preserve_secrets, "version_ids", listed)
    incident = msgspec.to_builtins(named.given_incident())
    preserve_secrets.handler({"incident": incident, "suspects": {"principals": [], "addresses": [], "secrets": []}})
    assert asked == [(NAMES[IRELAND], IRELAND)]
