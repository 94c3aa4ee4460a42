"""A login in a secret, in each of its forms: read, pointed elsewhere, and changed; no other byte moves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.common.addresses.secret_logins import (
    InstanceEndpoint,
    leads_to,
    pointed,
    put_back,
    read_logins,
    users_in,
    write_logins,
)
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.plan import LoginFields, SecretLogin

NEW = InstanceEndpoint(host="new.example.com", port=6432, instance="orders-r-1")
RDS = SecretLogin(database="orders", format="rds")
URL = SecretLogin(database="orders", url_key="DATABASE_URL")
READ = SecretLogin(database="orders", url_key="READ_URL")
OTHER = SecretLogin(database="analytics", url_key="ANALYTICS_URL")
OWN_NAMES = SecretLogin(
    database="orders",
    fields=LoginFields(host="DB_HOST", port="DB_PORT", username="DB_USER", password="DB_PASS"),
)
OF_AWS = (
    '{"engine":"postgres","host":"old.rds.amazonaws.com","port":5432, "username":"app","password":"p#@/[x",'
    '"dbname":"orders","dbInstanceIdentifier":"orders-db","masterarn":"arn:aws:secretsmanager:x"}'
)
SEVERAL = (
    '{"DATABASE_URL":"postgres://app:pw@old/b", "READ_URL" : "postgres://app:pw@replica/b?x=y",'
    '\n"ANALYTICS_URL":"postgres://an:other@third/a","n":1.0}'
)
ENV = '{"DB_HOST":"old","DB_PORT":"5432","DB_USER":"app","DB_PASS":"pw"}'


@pytest.mark.parametrize(
    ("text", "logins", "expected"),
    [
        (
            OF_AWS,
            [RDS],
            OF_AWS.replace("old.rds.amazonaws.com", "new.example.com")
            .replace("5432", "6432")
            .replace("orders-db", "orders-r-1"),
        ),
        (
            SEVERAL,
            [URL, READ],
            SEVERAL.replace("@old/", "@new.example.com:6432/").replace("@replica/", "@new.example.com:6432/"),
        ),
        (SEVERAL, [OTHER], SEVERAL.replace("@third/", "@new.example.com:6432/")),
        (ENV, [OWN_NAMES], ENV.replace("old", "new.example.com").replace('"5432"', '"6432"')),
    ],
    ids=["as AWS stores it", "two URLs", "one of three", "other keys, and a port that is text"],
)
def test_s7_only_what_leads_to_the_database_changes(text: str, logins: list[SecretLogin], expected: str) -> None:
    changed = pointed(text, logins, NEW)
    assert changed == expected
    assert pointed(changed, logins, NEW) == changed
    assert (leads_to(text, logins, NEW), leads_to(changed, logins, NEW)) == (False, True)
    assert put_back(changed, text, logins) == text


def test_s7_the_form_of_a_port_stays() -> None:
    ports = [json.loads(pointed(text, [RDS], NEW))["port"] for text in (OF_AWS, OF_AWS.replace("5432", '"5432"'))]
    assert ports == [6432, "6432"]


def test_s7_without_a_port_it_is_the_one_postgresql_has() -> None:
    text = '{"host":"old","username":"app","password":"pw"}'
    usual = InstanceEndpoint(host="new", port=5432, instance="x")
    assert pointed(text, [RDS], usual) == '{"host":"new","username":"app","password":"pw"}'.replace('"new"', '"new"')
    with pytest.raises(InvalidSecret, match="the secret has no port, and the database answers at port 6432"):
        pointed(text, [RDS], NEW)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"host": "old:5432"}, "host in the secret is no plain host name"),
        ({"host": ""}, "host in the secret is not text"),
        ({"port": "fifty"}, "port in the secret is no port"),
        ({"port": None}, "port in the secret is no port"),
        ({"port": True}, "port in the secret is no port"),
    ],
)
def test_s7_parts_that_are_not_what_they_should_be_are_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidSecret, match=why):
        pointed(json.dumps({**json.loads(OF_AWS), **change}), [RDS], NEW)


def test_s7_the_login_of_every_form_is_read_and_changed_together() -> None:
    new = Login("app_b", "n:e/w")
    assert read_logins(OF_AWS, [RDS]) == {"orders": Login("app", "p#@/[x")}
    assert read_logins(SEVERAL, [URL, READ, OTHER]) == {"orders": Login("app", "pw"), "analytics": Login("an", "other")}
    assert write_logins(OF_AWS, [RDS], {"orders": new}) == OF_AWS.replace('"app"', '"app_b"').replace(
        '"p#@/[x"', '"n:e/w"'
    )
    changed = write_logins(SEVERAL, [URL, READ, OTHER], {"orders": new, "analytics": Login("an", "other")})
    assert changed == SEVERAL.replace("app:pw@", "app_b:n%3Ae%2Fw@")
    assert read_logins(write_logins(ENV, [OWN_NAMES], {"orders": new}), [OWN_NAMES]) == {"orders": new}


def test_two_logins_to_one_database_that_differ_are_not_rotated_but_seen() -> None:
    text = SEVERAL.replace("app:pw@replica", "reader:pw@replica")
    with pytest.raises(InvalidSecret, match="holds different logins for orders"):
        read_logins(text, [URL, READ])
    assert [login.user for login in users_in(text, [URL, READ])] == ["app", "reader"]


def test_a_rollback_leaves_alone_what_moved_meanwhile() -> None:
    """Two databases in one secret, both restored; the first one's restore is rolled back."""
    first = pointed(SEVERAL, [URL, READ], NEW)
    both = pointed(first, [OTHER], NEW)
    assert put_back(both, SEVERAL, [URL, READ]) == pointed(SEVERAL, [OTHER], NEW)
