"""One value of a secret is changed, and not a byte beside it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyo_dr.decisions.common.secret_text import Login, login_of, value_of, with_login, with_value
from lyo_dr.errors import InvalidSecret

WORDS = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), min_size=1, max_size=20)
LOGINS = st.builds(Login, WORDS, WORDS)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner)
)
HOSTS = st.sampled_from(["db.example.com", "db.example.com:5432", "[fd00::1]:6432", "a:1,b:2", ""])
TAILS = st.sampled_from(
    ["", "/", "/bookings", "/bookings?sslmode=verify-full&options=-c%20x%3Dy", "/b?", "?a=b@c", "#x"]
)


@given(st.dictionaries(WORDS, VALUES), WORDS, st.text(), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_everything_beside_the_value_stays_byte_for_byte(
    others: dict[str, object], key: str, value: str, indent: int | str | None, ascii_only: bool
) -> None:
    text = " " + json.dumps({**others, key: "PLACE"}, indent=indent, ensure_ascii=ascii_only) + "\r\n"
    changed = with_value(text, key, value)
    assert json.loads(changed) == {**others, key: value}
    assert with_value(changed, key, "PLACE") == text
    assert value_of(changed, key) == value


@given(st.sampled_from(["postgresql://", "postgres://", "postgresql+asyncpg://"]), LOGINS, LOGINS, HOSTS, TAILS)
def test_a_url_is_rewritten_and_not_typed_anew(scheme: str, first: Login, second: Login, host: str, tail: str) -> None:
    url = with_login(f"{scheme}{host}{tail}", first)
    assert login_of(url) == first
    changed = with_login(url, second)
    assert login_of(changed) == second
    assert changed.startswith(scheme)
    assert changed.endswith(f"@{host}{tail}")
    assert with_login(changed, first) == url


@given(LOGINS)
def test_a_login_is_escaped_so_that_no_reader_takes_it_for_something_else(login: Login) -> None:
    authority = with_login("postgresql://h/d", login).removeprefix("postgresql://").removesuffix("@h/d")
    assert not set(authority) & set("/?#@ \"'<>[]")
    assert authority.count(":") == 1


def test_a_password_with_an_at_sign_that_somebody_forgot_to_escape_is_read_to_the_last_one() -> None:
    assert login_of("postgresql://lyo_app:p@ss@db:5432/x") == Login("lyo_app", "p@ss")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "binary"),
        ("not json hunter2", "is not JSON"),
        ('["hunter2"]', "not a JSON object"),
        ('{"OTHER": "hunter2"}', "has no key DATABASE_URL"),
        ('{"DATABASE_URL": "a", "x": 1, "DATABASE_URL": "hunter2"}', "twice"),
        ('{"DATABASE_URL": "hunter2', "is not JSON"),
        ("{}", "has no key"),
    ],
)
def test_fault_46_a_secret_that_is_not_what_it_should_be_is_refused_unquoted(text: str | None, sentence: str) -> None:
    for work in (lambda: value_of(text, "DATABASE_URL"), lambda: with_value(text, "DATABASE_URL", "new")):
        with pytest.raises(InvalidSecret, match=sentence) as refusal:
            work()
        assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "host=db user=lyo_app password=hunter2",
        "postgresql://db/bookings?user=lyo_app&password=hunter2",
        "postgresql:///x?service=hunter2",
        17,
    ],
)
def test_fault_46_an_address_that_cannot_be_rewritten_is_refused_unquoted(url: object) -> None:
    with pytest.raises(InvalidSecret) as refusal:
        with_login(url, Login("a", "b"))
    assert "hunter2" not in str(refusal.value)


def test_fault_46_a_url_without_a_login_is_refused() -> None:
    for url in ("postgresql://db/x", "postgresql://lyo_app@db/x"):
        with pytest.raises(InvalidSecret, match="holds no user and password"):
            login_of(url)


def test_a_login_never_shows_its_password() -> None:
    assert "hunter2" not in repr(Login("lyo_app", "hunter2"))
