"""Invariant I8: whatever a secret holds, no reader of it lets a part of it out.

Odd passwords are thrown at each reader, in every form; drivers and sockets fail with messages that quote them. Nothing
of four characters or more of a password may be in a result, an exception, a log line, or a sentence on a timeline.
"""

from __future__ import annotations

import json
import logging
import re
import socket
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import msgspec
import pg8000.exceptions
import pg8000.native
import pytest
from scramp import ScramException

from lyo_dr import guards
from lyo_dr.adapters import log
from lyo_dr.adapters.aws import secretsmanager
from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.decisions.common.addresses.database_address import Login, login_of, readdressed, with_login
from lyo_dr.decisions.common.addresses.secret_logins import (
    InstanceEndpoint,
    leads_to,
    pointed,
    put_back,
    read_logins,
    users_in,
    write_logins,
)
from lyo_dr.decisions.common.addresses.secret_text import has_key, value_of, with_value
from lyo_dr.decisions.rotation.cache_tokens import cache_url, with_token
from lyo_dr.decisions.rotation.issued_keys import fit_key
from lyo_dr.model.plan import Plan, SecretLogin
from lyo_dr.model.rotation import HOLDER, Rotation
from lyo_dr.steps.breach_response import read_access
from lyo_dr.steps.database_restore import align_logins, hold_replay, point_secrets, read_evidence, read_restored
from lyo_dr.steps.gather_facts import read_replica
from lyo_dr.steps.keeper import count_connections
from lyo_dr.steps.secret_rotation import (
    create_secret,
    end_cache_sessions,
    retire_user,
    set_password,
    stage_token,
    test_key,
    try_login,
    try_token,
)
from tests.faults.rotation import odd_secrets
from tests.plans import lyo_plan
from tests.unit.builders import NOON, OREGON, an_incident

PASSWORDS = odd_secrets.passwords()
SECRET, RDS, OWN = "lyo-saas/production/app-secrets", "orders/rds", "lyo-dr/bookings/sql"
URL = SecretLogin(database="bookings", url_key="DATABASE_URL")
PARTS = SecretLogin(database="bookings", format="rds")
NEW = InstanceEndpoint(host="new", port=6432, instance="new-1")
KEYS = ["DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY"]
SAFE = {"host": "old", "port": 5432, "username": "lyo_dr", "password": "x", "dbname": "b"}


def a_plan() -> Plan:
    groups = {"eu-west-1": "redis-one", "us-west-2": "redis-two"}
    return lyo_plan(caches=[{"name": "sessions", "secret": SECRET, "key": "REDIS_URL", "groups": groups}])


def let_out(read: Callable[[], Any]) -> str:
    """What a reader answers, or how it fails, with everything a runtime would print of that."""
    try:
        return repr(read())
    except Exception as fault:
        return "\n".join(_printed(fault))


def _printed(fault: BaseException | None) -> Iterator[str]:
    """A fault and what it was raised of, as far as a runtime shows that."""
    while fault is not None:
        yield f"failed: {fault} {fault!r}"
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


@cache
def _any_part(password: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, odd_secrets.parts(password))))


def silent(found: str, password: str) -> bool:
    return _any_part(password).search(found) is None


def test_i8_the_twin_a_reader_that_quotes_is_found() -> None:
    for password in PASSWORDS:
        assert not silent(f"cannot read {password[2:]!r}", password)
    assert len(set(PASSWORDS)) >= 300


# -- decisions --------------------------------------------------------------------------------------------
def _texts(password: str) -> Iterator[tuple[str, SecretLogin]]:
    for address in odd_secrets.addresses(password):
        yield json.dumps({"DATABASE_URL": address}), URL
    for parts in odd_secrets.in_parts(password):
        yield json.dumps(parts), PARTS
    for text in odd_secrets.not_json(password):
        yield text, URL


def _shape(found: object) -> str:
    """That of an answer which is no secret: a login and a text are what they were asked for."""
    return type(found).__name__


_OF_SECRETS: list[Callable[[str, SecretLogin], object]] = [
    lambda text, login: _shape(read_logins(text, [login])),
    lambda text, login: _shape(users_in(text, [login])),
    lambda text, login: _shape(write_logins(text, [login], {"bookings": Login("lyo_app_b", "y")})),
    lambda text, login: _shape(pointed(text, [login], NEW)),
    lambda text, login: _shape(put_back(text, text, [login])),
    lambda text, login: leads_to(text, [login], NEW),
    lambda text, _: has_key(text, "DATABASE_URL"),
    lambda text, _: _shape(value_of(text, "OTHER")),
    lambda text, _: _shape(with_value(text, "OTHER", "x")),
]
_OF_ADDRESSES: list[Callable[[str], object]] = [
    lambda url: _shape(login_of(url)),
    lambda url: _shape(with_login(url, Login("a", "b"))),
    lambda url: _shape(readdressed(url, "new", 6432)),
]
_OF_CACHES: list[Callable[[str], object]] = [
    lambda url: _shape(cache_url(url)),
    lambda url: _shape(with_token(url, "new")),
    lambda key: _shape(fit_key(key)),
]


def _reads(password: str, number: int) -> Iterator[Callable[[], object]]:
    """Every form of the password for three of the readers, others for the next password."""
    for at, (text, login) in enumerate(_texts(password)):
        for more in range(3):
            yield partial(_OF_SECRETS[(number + at + 3 * more) % len(_OF_SECRETS)], text, login)
    for address in odd_secrets.addresses(password):
        yield from (partial(read, address) for read in _OF_ADDRESSES)
    for url in odd_secrets.caches(password):
        yield from (partial(read, url) for read in _OF_CACHES)


def test_i8_no_decision_quotes_a_password() -> None:
    for number, password in enumerate(PASSWORDS):
        for read in _reads(password, number):
            assert silent(let_out(read), password), (number, read)


def test_i8_what_holds_a_secret_does_not_show_it() -> None:
    for password in PASSWORDS:
        assert silent(repr(Login("lyo_app", password)), password)
        own = secretsmanager.SqlLogin(host="old", port=1, username="a", password=password, dbname="b")
        assert silent(repr(own), password)


# -- steps ------------------------------------------------------------------------------------------------
class Store:
    """Secrets Manager with one text for every secret, and every label on it; our own login is sound or not."""

    def __init__(self) -> None:
        self.text, self.own = "", json.dumps(SAFE)

    def get_secret_value(self, SecretId: str, **_: str) -> dict[str, str]:  # noqa: N803 - as boto3 has it
        """The text of the secret asked for."""
        return {"SecretString": self.own if SecretId == OWN else self.text}

    def describe_secret(self, **_: str) -> dict[str, Any]:
        """One version with every label."""
        return {"VersionIdsToStages": {"v1": ["AWSCURRENT", "LYODR_NEW_OPENAI_API_KEY", "LYODR_TOKEN_sessions"]}}

    def put_secret_value(self, **_: Any) -> dict[str, Any]:
        """Taken."""
        return {}

    def update_secret_version_stage(self, **_: Any) -> dict[str, Any]:
        """Taken."""
        return {}


_OF_EVERY_RECORD = set(logging.makeLogRecord({}).__dict__)


def _logged(record: logging.LogRecord) -> str:
    """The sentence and the fields beside it, without what Python adds: numbers of processes, paths, times."""
    more = {key: value for key, value in record.__dict__.items() if key not in _OF_EVERY_RECORD}
    return f"{record.getMessage()} {more}"


@pytest.fixture
def store(publish_plan: Callable[[Plan], None], monkeypatch: pytest.MonkeyPatch) -> tuple[Store, list[str]]:
    """A region by the plan, and everything that goes into its table or its logs."""
    publish_plan(a_plan())
    monkeypatch.setenv("AWS_REGION", OREGON)
    found, lines = Store(), list[str]()
    monkeypatch.setattr(secretsmanager, "client", lambda *_: found)
    for write in ("put", "change", "delete"):
        monkeypatch.setattr(Table, write, lambda _, *args, **more: lines.append(f"{args} {more}"))
    monkeypatch.setattr(Table, "get", lambda *_: None)
    monkeypatch.setattr(Table, "list", lambda *_: [])
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(_logged(record))  # type: ignore[method-assign]
    monkeypatch.setattr(log._LOGGER._logger, "handlers", [handler])
    return found, lines


def _failing(monkeypatch: pytest.MonkeyPatch, password: str, number: int) -> None:
    """Driver and socket fail, each time in another way, and say whatever they were given."""
    errors = [
        pg8000.exceptions.InterfaceError(f"no connection with {password}"),
        pg8000.exceptions.DatabaseError({"C": "28P01", "M": password}),
        OSError(password),
        ValueError(password),
        UnicodeError(password),
        OverflowError(password),
        ScramException(password),
    ]

    def fail(*_: Any, **__: Any) -> None:
        raise errors[number % len(errors)]

    monkeypatch.setattr(pg8000.native, "Connection", fail)
    monkeypatch.setattr(socket, "create_connection", fail if number % len(errors) in (2, 3, 4, 5) else _unreachable)


def _unreachable(*_: Any, **__: Any) -> None:
    raise TimeoutError("timed out")


BESIDE = {"status": "ready", "sentence": "", "identifier": "new-1", "host": "new", "port": 6432}
LOGIN = {"secret": SECRET, "database": "bookings", "version": "v1"}


def _of_the_application(incident: Any, rotation: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every step that reads an app secret."""
    of_database = {"incident": incident, "database": "bookings", "beside": BESIDE}
    yield point_secrets.handler, {**of_database, "logins": ""}
    yield align_logins.handler, of_database
    yield create_secret.handler, {"rotation": rotation, "secret": SECRET}
    yield set_password.handler, {**LOGIN, "compared_with": "lyo_app", "epoch": 1}
    yield retire_user.handler, {"secret": SECRET, "database": "bookings", "user": "lyo_app_b", "epoch": 1}
    yield try_login.handler, LOGIN
    place = {"cache": "sessions", "region": OREGON}
    yield stage_token.handler, {"rotation": rotation, "place": place}
    yield try_token.handler, {"cache": "sessions", "version": "v1"}
    yield end_cache_sessions.handler, {"cache": "sessions"}
    yield test_key.handler, {"rotation": rotation, "key": {"secret": SECRET, "key": "OPENAI_API_KEY"}}


def _of_our_own() -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every kind of step that logs in as Lyo DR itself."""
    yield count_connections.handler, {"database": "bookings"}
    yield read_evidence.handler, {"database": "bookings"}
    yield read_access.handler, {"database": "bookings"}
    yield read_replica.handler, {"database": "bookings"}
    yield read_restored.handler, {"database": "bookings", "beside": BESIDE}
    where = {"identifier": "delayed", "host": "old", "port": 1}
    yield hold_replay.handler, {"database": "bookings", "place": where, "held": True, "epoch": 1}
    yield try_login.handler, LOGIN


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases, gates and epochs are no matter here."""
    for check in ("_check_held", "_check_gate", "_check_newest", "check_epoch", "hold_lease"):
        monkeypatch.setattr(guards, check, lambda *_: None)


@pytest.mark.usefixtures("unguarded")
def test_i8_no_step_quotes_what_an_app_secret_holds(
    store: tuple[Store, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, lines = store
    opened = Rotation(id=f"{HOLDER}x", epoch=1, region=OREGON, standby="", secrets=[SECRET], opened_at=NOON)
    rotation, incident = msgspec.to_builtins(opened), msgspec.to_builtins(an_incident())
    steps = list(_of_the_application(incident, rotation))
    reached = set()
    for number, password in enumerate(PASSWORDS):
        _failing(monkeypatch, password, number)
        address = odd_secrets.addresses(password)[number % 16]
        cache = odd_secrets.caches(password)[number % 7]
        odd = json.dumps({"DATABASE_URL": address, "REDIS_URL": cache, "OPENAI_API_KEY": password})
        held.text = odd_secrets.not_json(password)[number % 6] if number % 5 == 0 else odd
        for handler, event in steps:
            said = let_out(partial(handler, event))
            assert silent(said, password), (handler.__module__, number, said)
            reached.add((handler.__module__.rpartition(".")[2], "failed: " in said))
        assert silent("\n".join(lines), password), lines
        lines.clear()
    assert {name for name, failed in reached if failed} == {step.__module__.rpartition(".")[2] for step, _ in steps}
    assert {"point_secrets", "create_secret", "try_login", "stage_token", "test_key"} <= {
        name for name, failed in reached if not failed
    }, "some of the passwords are fit, and the step ran to its end"


def test_i8_no_step_quotes_what_our_own_login_holds(
    store: tuple[Store, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, lines = store
    held.text = json.dumps({"DATABASE_URL": "postgres://lyo_app:x@old/b"})
    for number, password in enumerate(PASSWORDS):
        _failing(monkeypatch, password, number)
        odd = json.dumps({"dbname": "b", **odd_secrets.in_parts(password)[number % 9]})
        held.own = odd_secrets.not_json(password)[number % 6] if number % 5 == 0 else odd
        for handler, event in _of_our_own():
            said = let_out(partial(handler, event))
            assert silent(said, password), (handler.__module__, number, said)
        assert silent("\n".join(lines), password)
        lines.clear()
