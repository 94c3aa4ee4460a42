"""An address is read as libpq reads it, or refused; of its text only host and port change, or user and password."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from lyo_dr.decisions.common.addresses.database_address import Login, login_of, readdressed, with_login
from lyo_dr.decisions.common.addresses.postgres_keywords import in_quotes
from lyo_dr.errors import InvalidSecret

NEW, PORT = "new.example.com", 6432
TAIL = "?target_session_attrs=read-write"


def libpq(address: str) -> dict[str, Any] | None:
    """What libpq itself makes of it; None where it refuses."""
    try:
        return {key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None}
    except (psycopg.Error, UnicodeError):
        return None


@pytest.mark.parametrize(
    ("address", "changed"),
    [
        ("postgresql://app:ADM[hunter2]@old:5432/b", f"postgresql://app:ADM[hunter2]@{NEW}:6432/b"),
        ("postgres://app:p%23%40%2F@old/b", f"postgres://app:p%23%40%2F@{NEW}:6432/b"),
        ("postgres://a:b@ignored:5432/b?host=old.rds&x=y", f"postgres://a:b@{NEW}:6432/b?host={NEW}&x=y"),
        ("postgres://a:b@ignored/b?port=1&host=old", f"postgres://a:b@{NEW}:6432/b?port=6432&host={NEW}"),
        ("postgres://a:b@/b?host=old", f"postgres://a:b@/b?host={NEW}&port=6432"),
        ("postgres://a:b@/b?h%6Fst=old&port=9", f"postgres://a:b@/b?h%6Fst={NEW}&port=6432"),
        (f"postgres://a:b@h1:1,h2:2/b{TAIL}", f"postgres://a:b@{NEW}:6432/b{TAIL}"),
        ("postgres://a:p:w@[fd00::1]:5432/b", f"postgres://a:p:w@{NEW}:6432/b"),
        ("postgres://a@old?sslmode=require", f"postgres://a@{NEW}:6432?sslmode=require"),
        ("postgresql+asyncpg://a:b@old/b?ssl=require", f"postgresql+asyncpg://a:b@{NEW}:6432/b?ssl=require"),
        ("postgresql://a:b@old/b?schema=public", f"postgresql://a:b@{NEW}:6432/b?schema=public"),
        ("jdbc:postgresql://old/b?user=a&password=b@c", f"jdbc:postgresql://{NEW}:6432/b?user=a&password=b@c"),
        (r"host=old port=1 password='it\'s #1 [x]@y'", rf"host='{NEW}' port=6432 password='it\'s #1 [x]@y'"),
        (" host = 'old' user=app", f" host = '{NEW}' port=6432 user=app"),
        ("postgres://äpp:pässword@old/b", f"postgres://äpp:pässword@{NEW}:6432/b"),
    ],
)
def test_s3_s5_wherever_an_address_names_its_host_it_leads_to_the_new_one(address: str, changed: str) -> None:
    assert readdressed(address, NEW, PORT) == changed
    assert readdressed(changed, NEW, PORT) == changed, "done twice, it is done once"


def test_a_new_host_may_be_an_address_of_the_internet_protocol() -> None:
    assert readdressed("postgres://a:b@old/b", "fd00::1", 5432) == "postgres://a:b@[fd00::1]:5432/b"
    assert libpq(readdressed("postgres://a:b@/b?host=old", "fd00::1", 5432)) == {
        "user": "a",
        "password": "b",
        "dbname": "b",
        "host": "fd00::1",
    }


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgres://app:pa#ss@old:5432/b", "holds a #"),
        ("postgres://app:hunter2@old:5432/b#x", "holds a #"),
        ("postgres://app:hun@ter2@old:5432/b", "holds an @ in user, password or host"),
        ("postgres://app:12/hunter2@old/b", "holds an @ behind a / or \\?"),
        ("postgres://app:12?hunter2@old/b", "holds an @ behind a / or \\?"),
        ("postgres://old:5432/b?user=a@hunter2", "holds an @ behind a / or \\?"),
        ("postgres://app:hunter2%zz@old/b", "holds a % that begins no escape"),
        ("postgres://app:hunter2%@old/b", "holds a % that begins no escape"),
        ("postgres://app:hunter2%00@old/b", "holds a % that begins no escape"),
        ("postgres://app:hunter2%ff@old/b", "no UTF-8"),
        ("postgres://app:hunter2\ud800@old/b", "no UTF-8"),
        ("postgres://app:hunter 2@old/b", "a space or a control character"),
        ("postgres://app:hunter\n2@old/b", "a space or a control character"),
        ("postgres://app:hunter2@old/b\n", "a space or a control character"),
        ("postgres://app:hunter\\2@old/b", "holds a backslash"),
        ("postgres://app:hunter2:old/b", "has a host that is no plain name"),
        ("postgres://app:hunter2@old:hunter2/b", "has a host that is no plain name"),
        ("postgres://app:hunter2@%2Fvar%2Frun/b", "has a host that is no plain name"),
        ("postgres://app:hunter2@[fd00::1/b", "has a host that is no plain name"),
        ("postgres://app:hunter2@[]:1/b", "has a host that is no plain name"),
        ("postgres://app:hunter2@h1,,h2/b", "has a host that is no plain name"),
        ("postgres://app:hunter2@/b", "names no host"),
        ("postgres:///b", "names no host"),
        ("postgres://app:hunter2@old/b?host=a&host=b", "the option host twice"),
        ("postgres://app:hunter2@old/b?HOST=a", "host in capitals"),
        ("postgres://app:hunter2@old/b?host=a:5432", "an option host that is no plain host name"),
        ("postgres://app:hunter2@old/b?host=/cloudsql/x", "an option host that is no plain host name"),
        ("postgres://app:hunter2@old/b?port=hunter2", "an option port that is no number"),
        ("postgres://app:hunter2@old/b?hostaddr=10.0.0.1", "an option hostaddr"),
        ("postgres://app:hunter2@old/b?service=x", "an option service"),
        ("postgres://app:hunter2@old/b?passfile=x", "an option passfile"),
        ("jdbc:postgresql://app:hunter2@old/b", "which JDBC does not read"),
        ("jdbc:postgresql:b?password=hunter2", "begins with no scheme"),
        ("mysql://app:hunter2@old/b", "begins with no scheme"),
        ("Host=old;Username=app;Password=hunter2", "begins with no scheme"),
        ("host=old;port=5432;password=hunter2", "an option host that is no plain host name"),
        ("host=old password='hunter2", "a quoted value that does not end"),
        ("host=old password='hunter2'user=app", "a quoted value that does not end"),
        ("host=old hunter2", "neither a URL nor a list"),
        ("host=old password=hunter2 Port=1", "port in capitals"),
        ("host=old password=hunter\x002", "a zero byte"),
        ("host=old password=hunter2\ud800", "no UTF-8"),
        ("user=app password=hunter2", "names no host"),
        ('"postgres://app:hunter2@old/b"', "begins with no scheme"),
        ("hunter2", "begins with no scheme"),
        ("", "begins with no scheme"),
        (None, "is not text"),
        (["hunter2"], "is not text"),
    ],
)
def test_s1_s5_what_readers_take_for_different_things_is_refused_and_never_quoted(address: Any, why: str) -> None:
    with pytest.raises(InvalidSecret, match=why) as refused:
        readdressed(address, NEW, PORT)
    assert not [part for part in ("hunter", "app", "ter2") if part in str(refused.value)]
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("address", "login"),
    [
        ("postgres://app:p%40%2Fw@old/b", Login("app", "p@/w")),
        ("postgres://app:p[w]+@old/b", Login("app", "p[w]+")),
        ("postgres://old/b?user=app&password=p%20w", Login("app", "p w")),
        ("postgres://app@old/b?password=pw=", Login("app", "pw=")),
        ("jdbc:postgresql://old/b?password=p%2Bw&user=app", Login("app", "p+w")),
        (r"host=old user='a b' password=it\'s", Login("a b", "it's")),
    ],
)
def test_a_login_is_found_and_changed_where_it_stands(address: str, login: Login) -> None:
    assert login_of(address) == login
    changed = with_login(address, Login("other", " '\\@"))
    assert login_of(changed) == Login("other", " '\\@")
    assert login_of(with_login(changed, login)) == login


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgres://old/b", "holds no user and password"),
        ("postgres://app@old/b", "holds no user and password"),
        ("postgres://:hunter2@old/b", "holds no user and password"),
        ("postgres://app:hunter2@old/b?user=app2", "names its user twice"),
        ("postgres://app:hunter2@old/b?password=hunter3", "names its password twice"),
        ("postgres://old/b?user=app&password=hun+ter2", "holds a \\+ in its option"),
        ("host=old user=app password=''", "holds no user and password"),
    ],
)
def test_a_login_that_is_not_there_or_there_twice_is_refused(address: str, why: str) -> None:
    with pytest.raises(InvalidSecret, match=why) as refused:
        login_of(address)
    assert "hun" not in str(refused.value)


# -- beside the real libpq ----------------------------------------------------------------------------------
SIGNS = st.text(st.sampled_from("ab:@/?#[]%+&='\" \\,;$é2F\n"), max_size=8)
HOSTS = st.sampled_from(["old", "old:5432", "h1,h2:5432", "[fd00::1]:1", "", "old:", ":1", "a_b.c-d"])
OPTIONS = st.sampled_from(
    ["", "?sslmode=require", "?host=x", "?host=x&port=1", "?port=7", "?user=u&password=p", "?application_name=a%40b"]
)
SCHEMES = st.sampled_from(["postgres://", "postgresql://"])


@given(SCHEMES, SIGNS, SIGNS, HOSTS, st.sampled_from(["", "/", "/b", "/b%20c"]), OPTIONS)
def test_libpq_reads_every_url_that_is_taken_and_reads_the_same(
    scheme: str, user: str, password: str, host: str, path: str, options: str
) -> None:
    _compare(f"{scheme}{user}:{password}@{host}{path}{options}")


@given(st.text(st.sampled_from("postgresql://ab@:5/?#[]%=&,hou '\\\n"), max_size=30))
def test_libpq_reads_whatever_is_taken_of_any_text(text: str) -> None:
    _compare(text)
    _compare(f"postgres://{text}")


VALUES = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), min_size=1, max_size=12)
BLANKS = st.sampled_from(["", " ", "\n ", "\t"])


@given(st.lists(st.tuples(st.sampled_from(["user", "password", "dbname"]), VALUES, st.booleans()), max_size=4), BLANKS)
def test_libpq_reads_every_list_of_keywords_that_is_taken(words: list[tuple[str, str, bool]], blank: str) -> None:
    written = [f"{key}{blank}={blank}{in_quotes(value) if quoted else value}" for key, value, quoted in words]
    _compare(" ".join(["host=old", *written]))


LOGINS = st.builds(Login, VALUES, VALUES)
PLACES = ["postgres://a:b@old/d?x=y", "postgres://old/d?user=a&password=b", "host=old user=a password=b"]


@given(st.sampled_from(PLACES), LOGINS)
def test_libpq_reads_the_login_that_was_written(address: str, login: Login) -> None:
    read = libpq(with_login(address, login).replace("?x=y", ""))
    assert read is not None
    assert (read["user"], read["password"], read["host"], login_of(with_login(address, login))) == (
        login.user,
        login.password,
        "old",
        login,
    )


@given(LOGINS)
def test_a_password_is_escaped_so_that_no_reader_takes_it_for_something_else(login: Login) -> None:
    assert with_login("postgres://a:b@h/d", login) == (
        f"postgres://{quote(login.user, safe='')}:{quote(login.password, safe='')}@h/d"
    )


def _compare(address: str) -> None:
    """Where we take it, libpq takes it too and reads the new place, the old rest and the same login; or names a key
    that it does not know."""
    try:
        changed = readdressed(address, NEW, PORT)
    except InvalidSecret:
        return
    before, after = libpq(address), libpq(changed)
    assert (before is None) == (after is None)
    if before is None or after is None:
        assert _no_option_of_libpq(address)
        return
    assert after == {**before, "host": NEW, "port": str(PORT)}
    try:
        login = login_of(address)
    except InvalidSecret:
        return
    assert (before["user"], before["password"]) == (login.user, login.password)


def _no_option_of_libpq(address: str) -> bool:
    """Other drivers have options of their own, and take some without a value or with another = in it."""
    without = address.partition("?")[0]
    return (libpq(without) is not None and without != address) or ("=" in address and "://" not in address)
