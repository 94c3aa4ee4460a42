"""Secrets of a plan: where logins are found, what is rotated, and what a person should know."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan import Plan, SecretLogin
from lyo_dr.model.plan.file import PlanFaults, read_plan
from lyo_dr.model.plan.notices import notices
from tests.plans import raw_plan, raw_plan_of_two

PARTS = ["engine", "host", "port", "username", "password", "dbname"]


def a_plan(*secrets: dict[str, Any], two: bool = False) -> Plan:
    raw = raw_plan_of_two() if two else raw_plan()
    raw["secrets"], raw["breach"]["secrets"] = list(secrets), []
    return read_plan(raw)


def faults(*secrets: dict[str, Any]) -> list[str]:
    try:
        a_plan(*secrets)
    except PlanFaults as refusal:
        return refusal.faults
    return []


def test_todays_plan_reads_as_it_did() -> None:
    plan = read_plan(raw_plan())
    assert plan.logins_of(plan.secrets[0]) == [SecretLogin(database="bookings", url_key="DATABASE_URL")]
    assert [secret.name for secret in plan.rotatable()] == [plan.secrets[0].name]
    assert notices(plan) == []


def test_s7_a_login_as_aws_stores_it_is_found_by_its_keys() -> None:
    plan = a_plan({"name": "orders", "keys": PARTS})
    assert plan.logins_of(plan.secrets[0]) == [SecretLogin(database="bookings", format="rds")]
    assert notices(plan) == []


def test_s7_several_urls_lead_to_several_databases() -> None:
    logins = [
        {"database": "bookings", "url_key": "MAIN"},
        {"database": "bookings", "url_key": "READ_URL"},
        {"database": "archive", "url_key": "ARCHIVE"},
    ]
    plan = a_plan({"name": "app", "keys": ["MAIN", "READ_URL", "ARCHIVE"], "logins": logins}, two=True)
    assert [(secret.name, login.url_key) for secret, login in plan.logins_to("bookings")] == [
        ("app", "MAIN"),
        ("app", "READ_URL"),
    ]
    assert [login.url_key for _, login in plan.logins_to("archive")] == ["ARCHIVE"]
    assert plan.not_rotatable() == {}


@pytest.mark.parametrize("secrets", [[], [{"name": "keys", "keys": ["STRIPE_KEY"]}]])
def test_s7_what_leads_no_users_to_the_restored_database_is_said(secrets: list[dict[str, Any]]) -> None:
    (notice,) = notices(a_plan(*secrets))
    assert notice.startswith("databases[0]: no secret leads to 'bookings', so after a restore nothing leads its users")


def test_s7_what_is_not_rotated_is_said_with_the_reason() -> None:
    raw = raw_plan()
    raw["databases"][0]["app_roles"] = ["lyo_app"]
    plan = read_plan(raw)
    assert plan.rotatable() == []
    (notice,) = notices(plan)
    assert notice == (
        "secrets[0]: the database login in 'lyo-saas/production/app-secrets' is not rotated: the login alternates "
        "between two users; give the database 'bookings' two app_roles"
    )


def test_two_secrets_of_one_login_are_not_rotated_as_each_would_lock_the_other_out() -> None:
    plan = a_plan({"name": "api", "keys": ["DATABASE_URL"]}, {"name": "worker", "keys": ["DATABASE_URL"]})
    assert plan.rotatable() == []
    assert plan.not_rotatable()["api"].startswith("'api' and 'worker' log in to 'bookings', and each rotation would")
    assert len(plan.logins_to("bookings")) == 2, "a restore points both of them"


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        (
            {"logins": [{"database": "x", "url_key": "A"}]},
            "secrets[0].logins[0].database: 'x' is no database of this plan",
        ),
        (
            {"logins": [{"database": "bookings", "url_key": "B"}]},
            "secrets[0].logins[0]: 'B' is not among the keys of 'app'",
        ),
        ({"logins": [{"database": "bookings"}]}, "secrets[0].logins[0]: write either url_key, format: rds, or fields"),
        (
            {"logins": [{"database": "bookings", "url_key": "A", "format": "rds"}]},
            "secrets[0].logins[0]: write either url_key, format: rds, or fields",
        ),
        (
            {"logins": [{"database": "bookings", "url_key": "A"}] * 2},
            "secrets[0].logins: 'A' belongs to two of them",
        ),
        (
            {"database": "bookings", "logins": [{"database": "bookings", "url_key": "A"}]},
            "secrets[0].database: each of its logins names a database; leave it out",
        ),
        ({"database": "x"}, "secrets[0].database: 'x' is no database of this plan"),
        ({"name": "rds!db-0a1b"}, "secrets[0].name: 'rds!db-0a1b' is managed by RDS, which rejects changes"),
        ({"rotate_every": "P90D"}, "secrets[0].rotate_every: holds no database login; name its keys under logins"),
    ],
)
def test_logins_that_cannot_be_meant_are_refused(secret: dict[str, Any], fault: str) -> None:
    (found,) = faults({"name": "app", "keys": ["A"], **secret})
    assert found.startswith(fault)


def test_a_secret_named_twice_is_refused() -> None:
    assert faults({"name": "app", "keys": ["A"]}, {"name": "app", "keys": ["B"]}) == [
        "secrets: the name 'app' is used twice; give each its own"
    ]


def test_a_key_of_a_login_is_neither_issued_nor_a_cache() -> None:
    raw = raw_plan()
    raw["secrets"][0] |= {
        "keys": ["MAIN", "REDIS_URL", "OPENAI_API_KEY"],
        "logins": [{"database": "bookings", "url_key": "OPENAI_API_KEY"}],
    }
    with pytest.raises(PlanFaults, match="OPENAI_API_KEY is rotated by us"):
        read_plan(raw)


_BOTH = {"eu-west-1": "prod-App-8sK2lQ", "us-west-2": "dr-App"}


def test_s9_a_secret_has_the_name_of_its_region() -> None:
    (secret,) = a_plan({"name": "app", "names": _BOTH, "keys": ["A"]}).secrets
    assert [secret.name_in(region) for region in _BOTH] == list(_BOTH.values())
    (plain,) = a_plan({"name": "app", "keys": ["A"]}).secrets
    assert {plain.name_in(region) for region in _BOTH} == {"app"}


def test_s9_what_the_plan_does_not_hold_keeps_its_name() -> None:
    plan = a_plan({"name": "app", "names": _BOTH, "keys": ["A"]})
    assert [plan.secret_in(name, "us-west-2") for name in ("app", "of/others")] == ["dr-App", "of/others"]


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        (
            {"eu-west-1": "a"},
            "secrets[0].names: given for eu-west-1; give it for eu-west-1 and us-west-2",
        ),
        (
            _BOTH | {"eu-west-2": "a"},
            "secrets[0].names: given for eu-west-1, eu-west-2, us-west-2; give it for eu-west-1 and us-west-2",
        ),
        (
            _BOTH | {"us-west-2": "rds!db-1"},
            "secrets[0].names.us-west-2: 'rds!db-1' is managed by RDS, which rejects changes",
        ),
        (
            _BOTH | {"us-west-2": "arn:aws:secretsmanager:us-west-2:123456789012:secret:app-AbCdEf"},
            "secrets[0].names.us-west-2: ",
        ),
    ],
)
def test_s9_names_that_cannot_be_meant_are_refused(names: dict[str, str], fault: str) -> None:
    (found,) = faults({"name": "app", "names": names, "keys": ["A"]})
    assert found.startswith(fault)


def test_s9_two_secrets_with_one_name_in_a_region_are_refused() -> None:
    (found,) = faults({"name": "app", "names": _BOTH, "keys": ["A"]}, {"name": "dr-App", "keys": ["B"]})
    assert found == "secrets[1].name: 'dr-App' is the secret 'app' in us-west-2 already; give each its own"


def test_s9_the_name_of_a_secret_managed_by_rds_is_free_where_it_is_only_a_word() -> None:
    assert faults({"name": "rds!app", "names": _BOTH, "keys": ["A"]}) == []


IAM_URL = {"database": "bookings", "url_key": "URL", "auth": "iam"}
IAM_PARTS = {"database": "bookings", "format": "rds", "auth": "iam"}


@pytest.mark.parametrize(
    ("keys", "login"), [(["URL", "STRIPE"], IAM_URL), (["host", "username", "dbname", "STRIPE"], IAM_PARTS)]
)
def test_a_login_by_iam_needs_no_password_and_none_is_rotated(keys: list[str], login: dict[str, Any]) -> None:
    plan = a_plan({"name": "app", "keys": keys, "logins": [login]})
    assert plan.rotatable() == plan.with_passwords() == []
    assert plan.not_rotatable() == {"app": "it has no password: the application logs in by IAM authentication"}
    assert [secret.name for secret in plan.with_logins()] == ["app"], "a restore leads it to another instance"
    assert [name.key for name in plan.by_hand()] == ["STRIPE"], "its address is nothing that leaks"


def test_a_login_by_iam_beside_one_with_a_password_keeps_it_from_nothing() -> None:
    plan = a_plan(
        {
            "name": "app",
            "keys": ["URL", "MAIN"],
            "logins": [IAM_URL, {**IAM_URL, "url_key": "MAIN", "auth": "password"}],
        }
    )
    assert [login.url_key for login in plan.passwords_of(plan.secrets[0])] == ["MAIN"]
    assert [secret.name for secret in plan.rotatable()] == ["app"]


def test_a_login_by_iam_is_not_rotated_on_a_schedule() -> None:
    (found,) = faults({"name": "app", "keys": ["URL"], "logins": [IAM_URL], "rotate_every": "P90D"})
    assert found == "secrets[0].rotate_every: it has no password: the application logs in by IAM authentication"


def test_the_reference_workload_has_a_password() -> None:
    raw = raw_plan()
    raw["workload"] = "reference"
    raw["secrets"], raw["breach"]["secrets"] = [{"name": "app", "keys": ["URL"], "logins": [IAM_URL]}], []
    with pytest.raises(
        PlanFaults, match=r"secrets\[0\].logins\[0\].auth: the reference workload logs in by a password"
    ):
        read_plan(raw)


def test_a_person_hears_that_tokens_end_with_the_sessions_of_a_role() -> None:
    raw = raw_plan()
    raw["secrets"], raw["breach"]["secrets"] = [{"name": "app", "keys": ["URL"], "logins": [IAM_URL]}], []
    assert notices(read_plan(raw)) == []
    raw["breach"]["roles"] = []
    (said,) = notices(read_plan(raw))
    assert said.endswith("name it under breach.roles")


@pytest.mark.parametrize(
    ("follow", "fault"),
    [
        ({"keys": []}, "secrets[0].follow.keys: no key is named; name those with one value for both regions"),
        ({"keys": ["STRIPE", "STRIPE"]}, "secrets[0].follow.keys: 'STRIPE' is named twice"),
        ({"keys": ["STRIP"]}, "secrets[0].follow.keys: 'STRIP' is not among the keys of 'app'; did you mean 'STRIPE'?"),
        ({"keys": ["password"]}, "secrets[0].follow.keys: 'password' belongs to the database or the cache"),
        ({"keys": ["host"]}, "secrets[0].follow.keys: 'host' belongs to the database or the cache of its region"),
        ({"keys": ["dbname"]}, "secrets[0].follow.keys: 'dbname' belongs to the database or the cache of its region"),
        ({"keys": ["STRIPE"], "after": "PT0S"}, "secrets[0].follow.after: 0 s is no duration; write more than 0"),
        ({"keys": ["STRIPE"], "after": "P8D"}, "secrets[0].follow.after: 8 days is too long; write P7D or less"),
    ],
)
def test_keys_that_cannot_follow_are_refused(follow: dict[str, Any], fault: str) -> None:
    (found,) = faults({"name": "app", "keys": [*PARTS, "STRIPE"], "follow": follow})
    assert found.startswith(fault)


def test_the_url_of_a_cache_does_not_follow() -> None:
    raw = raw_plan()
    raw["secrets"][0]["follow"] = {"keys": ["REDIS_URL"]}
    assert read_plan(raw).followed(read_plan(raw).secrets[0]) == ["REDIS_URL"]
    groups = {"eu-west-1": "one", "us-west-2": "two"}
    raw["caches"] = [{"name": "c", "secret": raw["secrets"][0]["name"], "key": "REDIS_URL", "groups": groups}]
    with pytest.raises(PlanFaults, match="'REDIS_URL' belongs to the database or the cache of its region"):
        read_plan(raw)


def test_keys_follow_only_where_the_plan_says_so() -> None:
    plan = a_plan({"name": "app", "keys": ["A"]}, {"name": "b", "keys": ["B"], "follow": {"keys": ["B"]}})
    assert [secret.name for secret in plan.following()] == ["b"]
