"""Fault 46: a secret has missing or extra keys, or is not JSON. One value changes; every other byte stays."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.common.addresses.database_address import readdressed
from lyo_dr.decisions.common.addresses.secret_text import value_of, with_value
from lyo_dr.errors import InvalidSecret
from lyo_dr.steps.database_restore import point_secrets
from tests.unit.aws import World
from tests.unit.builders import OREGON

CANARY = "canary-password"
ODD = (
    '{ "Z" : "\\u00e9é",\n\t"DATABASE_URL":"postgresql://app:canary-password@old:5432/b" ,'
    '"n":1.0,  "d":{"DATABASE_URL":1}}'
)


def test_fault_46_one_value_changes_and_every_other_byte_stays() -> None:
    assert with_value(ODD, "DATABASE_URL", "new") == ODD.replace(
        '"postgresql://app:canary-password@old:5432/b"', '"new"'
    )
    assert value_of(ODD, "DATABASE_URL") == "postgresql://app:canary-password@old:5432/b"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), VALUES), st.text(), st.sampled_from([None, 2, "\t"]), st.booleans())
def test_fault_46_whatever_else_is_in_it_stays(rest: dict[str, Any], new: str, indent: Any, plain: bool) -> None:
    secret = {**rest, "DATABASE_URL": "old", **{f"{key}2": value for key, value in rest.items()}}
    text = json.dumps(secret, indent=indent, ensure_ascii=plain)
    changed = with_value(text, "DATABASE_URL", new)
    assert json.loads(changed) == {**secret, "DATABASE_URL": new}
    assert with_value(changed, "DATABASE_URL", "old") == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "is binary"),
        (f"{CANARY} not json", "is not JSON"),
        (f'["{CANARY}"]', "is not a JSON object"),
        (f'{{"PASSWORD": "{CANARY}"}}', "has no key DATABASE_URL"),
        ("{}", "has no key DATABASE_URL"),
    ],
)
def test_fault_46_a_secret_that_is_unfit_is_refused_and_never_quoted(text: str | None, sentence: str) -> None:
    with pytest.raises(InvalidSecret, match=sentence) as refused:
        with_value(text, "DATABASE_URL", "new")
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "new"),
    [
        ("postgresql://a:p%40w@old:5432/b?sslmode=require", "postgresql://a:p%40w@new:6432/b?sslmode=require"),
        ("postgres://old/b", "postgres://new:6432/b"),
    ],
)
def test_fault_46_of_an_address_only_host_and_port_change(url: str, new: str) -> None:
    assert readdressed(url, "new", 6432) == new


@pytest.mark.parametrize("url", [None, 7, "", "old:5432"])
def test_fault_46_what_is_no_address_is_refused(url: Any) -> None:
    with pytest.raises(InvalidSecret):
        readdressed(url, "new", 5432)


def _given(world: World, name: str, text: str) -> None:
    client("secretsmanager", OREGON).create_secret(Name=name, SecretString=text)


def _read(name: str, stage: str = "AWSCURRENT") -> str:
    return str(client("secretsmanager", OREGON).get_secret_value(SecretId=name, VersionStage=stage)["SecretString"])


def _point(world: World) -> dict[str, Any]:
    beside = {"status": "ready", "sentence": "", "identifier": "new-1", "host": "new", "port": 6432}
    incident = world.given_incident()
    return {"incident": msgspec.to_builtins(incident), "database": "bookings", "beside": beside, "logins": ""}


APP, OWN = "lyo-saas/production/app-secrets", "lyo-dr/bookings/sql"
LOGIN = '{"host": "old", "port": 5432, "username": "lyo_dr", "password": "canary-password", "dbname": "b"}'


def test_fault_46_the_version_before_is_kept_and_doing_it_twice_does_it_once(world: World) -> None:
    _given(world, APP, ODD)
    _given(world, OWN, LOGIN)
    event = _point(world)
    assert point_secrets.handler(event)["status"] == "ready"
    assert _read(APP) == ODD.replace("@old:5432", "@new:6432")
    assert _read(APP, "AWSPREVIOUS") == ODD
    assert json.loads(_read(OWN)) == {**json.loads(LOGIN), "host": "new", "port": 6432}
    point_secrets.handler(event)
    assert world.calls.count("secretsmanager:PutSecretValue") == 2
    assert _read(APP, "AWSPREVIOUS") == ODD
    assert not [sentence for sentence in world.said() if CANARY in sentence]


def test_fault_46_when_one_secret_is_unfit_none_is_written(world: World) -> None:
    _given(world, APP, ODD)
    _given(world, OWN, "to be filled")
    with pytest.raises(InvalidSecret):
        point_secrets.handler(_point(world))
    assert world.calls.count("secretsmanager:PutSecretValue") == 0
