"""AWS's refusals become our errors, and secrets stay secret."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

import botocore.exceptions
import msgspec
import pg8000.exceptions
import pytest

from lyo_dr import errors
from lyo_dr.adapters import environment
from lyo_dr.adapters.aws import cloudwatch, secretsmanager, session, sns
from lyo_dr.adapters.aws.session import calling
from lyo_dr.adapters.sql import postgres
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.builders import OREGON

TRANSLATIONS: dict[str, type[errors.LyoDrError]] = {
    "ThrottlingException": errors.Throttled,
    "Throttling": errors.Throttled,
    "TooManyRequestsException": errors.Throttled,
    "ProvisionedThroughputExceededException": errors.Throttled,
    "RequestLimitExceeded": errors.Throttled,
    "AccessDenied": errors.AccessDenied,
    "AccessDeniedException": errors.AccessDenied,
    "ConditionalCheckFailedException": errors.ConditionFailed,
    "DBInstanceNotFound": errors.NotFound,
    "DBInstanceNotFoundFault": errors.NotFound,
    "ResourceNotFoundException": errors.NotFound,
    "ClusterNotFoundException": errors.NotFound,
    "InvalidDBInstanceState": errors.WrongState,
    "InvalidDBInstanceStateFault": errors.WrongState,
    "DBInstanceAlreadyExists": errors.WrongState,
    "DBSnapshotAlreadyExistsFault": errors.WrongState,
    "ResourceConflictException": errors.ServiceUnreachable,
    "ResourceNotReadyException": errors.ServiceUnreachable,
    "ServiceUnavailable": errors.ServiceUnreachable,
    "InternalServerError": errors.ServiceUnreachable,
    "ValidationException": errors.AwsCallFailed,
    "SomethingNew": errors.AwsCallFailed,
}


@pytest.mark.parametrize(("code", "ours"), TRANSLATIONS.items())
def test_every_refusal_of_aws_becomes_one_of_our_errors(code: str, ours: type[errors.LyoDrError]) -> None:
    with pytest.raises(ours) as caught, calling("doing it"):
        raise refusal(code, "the reason")
    assert type(caught.value) is ours
    assert str(caught.value).startswith("doing it: ")
    assert code in str(caught.value)


def test_a_call_the_sdk_itself_refuses_is_no_silence(world: World) -> None:
    with pytest.raises(errors.AwsCallFailed, match="Unknown parameter"), calling("doing it"):
        session.client("rds", OREGON).describe_db_instances(Nonsense=1)
    assert world.calls.made == ["rds:DescribeDBInstances"]


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        (429, errors.Throttled),
        (500, errors.ServiceUnreachable),
        (503, errors.ServiceUnreachable),
        (400, errors.AwsCallFailed),
    ],
)
def test_a_code_nobody_knows_is_judged_by_its_status(status: int, ours: type[errors.LyoDrError]) -> None:
    with pytest.raises(ours) as caught, calling("doing it"):
        raise refusal("Odd", status=status)
    assert type(caught.value) is ours


SILENCES = [
    botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"),
    botocore.exceptions.ConnectTimeoutError(endpoint_url="https://x"),
    botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"),
    botocore.exceptions.ConnectionClosedError(endpoint_url="https://x"),
]


@pytest.mark.parametrize("silence", SILENCES, ids=lambda silence: type(silence).__name__)
def test_silence_is_unreachable(silence: Exception) -> None:
    with (
        pytest.raises(errors.ServiceUnreachable, match=f"doing it: no answer .{type(silence).__name__}."),
        calling("doing it"),
    ):
        raise silence


def test_without_credentials_access_is_refused() -> None:
    with pytest.raises(errors.AccessDenied, match="there are no credentials"), calling("doing it"):
        raise botocore.exceptions.NoCredentialsError


def test_what_is_not_of_aws_passes_untouched() -> None:
    with pytest.raises(KeyError), calling("doing it"):
        raise KeyError("ours")


def test_clients_give_up_soon_and_are_made_once() -> None:
    client = session.client("rds", OREGON)
    assert client is session.client("rds", OREGON)
    config = client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2.0, 5.0)
    assert config.retries["total_max_attempts"] == 4
    short = session.client("rds", OREGON, read_seconds=0.5, attempts=1).meta.config
    assert (short.connect_timeout, short.read_timeout, short.retries["total_max_attempts"]) == (0.5, 0.5, 1)


def test_d3_a_text_is_cut_to_the_bytes_sns_takes(world: World) -> None:
    seen: list[dict[str, Any]] = []
    real = world.calls.call

    def watch(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "Publish":
            seen.append(asked)
        return real(client, operation, asked)

    world.calls.call = watch  # type: ignore[method-assign]
    topic = world.ctx().names.topic("responders")
    for text in ("x" * 262_144, "x" * 262_145, "ü" * 200_000):
        sns.publish(topic, "s", text, OREGON)
    sent = [asked["Message"] for asked in seen]
    assert sent[0] == "x" * 262_144
    assert all(len(text.encode()) <= 262_144 and text.endswith("too long]\n") for text in sent[1:])


def test_a_topic_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(errors.LyoDrError, match="publishing to arn:aws:sns:us-west-2:123456789012:nope"):
        sns.publish("arn:aws:sns:us-west-2:123456789012:nope", "s", "t", OREGON)


def test_the_latch_is_one_number_per_record(world: World) -> None:
    cloudwatch.write_latch(OREGON, "primary", off=True)
    cloudwatch.write_latch(OREGON, "secondary", off=False)
    assert world.latch() == [("primary", 1.0), ("secondary", 0.0)]


CANARY = "c4n4ry-0f-a-p4ssw0rd"
LOGIN: dict[str, Any] = {"host": "db", "port": 5432, "username": "lyo_dr", "password": CANARY, "dbname": "bookings"}


def store(world: World, **secret: Any) -> None:
    session.client("secretsmanager", OREGON).create_secret(Name="lyo-dr/bookings/sql", **secret)


def everything_said(failure: BaseException) -> str:
    return "".join([repr(failure), str(failure), *traceback.format_exception(failure)])


def test_a_login_is_read_and_its_password_is_never_shown(world: World) -> None:
    store(world, SecretString=json.dumps({**LOGIN, "engine": "postgres", "extra": 1}))
    login = secretsmanager.sql_login("lyo-dr/bookings/sql", OREGON)
    assert login.password == CANARY
    assert repr(login) == str(login) == f"{login}" == "SqlLogin(lyo_dr@db:5432/bookings)"
    assert CANARY not in repr({"login": [login]})


BROKEN: dict[str, str] = {
    "no JSON": CANARY,
    "half of it": json.dumps(LOGIN)[:-3],
    "a list": json.dumps([CANARY]),
    "no host": json.dumps({**LOGIN, "host": None}),
    "the password as a number": json.dumps({**LOGIN, "password": [CANARY]}),
    "a key is missing": json.dumps({"password": CANARY}),
    "the port is the password": json.dumps({**LOGIN, "port": CANARY}),
    "nothing": "{}",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_malformed_secret_is_refused_without_a_word_of_its_value(
    world: World, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    store(world, SecretString=text)
    with caplog.at_level(logging.INFO), pytest.raises(errors.AwsCallFailed) as caught:
        secretsmanager.sql_login("lyo-dr/bookings/sql", OREGON)
    assert str(caught.value) == (
        "secret lyo-dr/bookings/sql in us-west-2 is not a login; "
        "store host, port, username, password and dbname as JSON"
    )
    assert CANARY not in everything_said(caught.value) + caplog.text


def test_a_binary_secret_is_refused_the_same_way(world: World) -> None:
    store(world, SecretBinary=CANARY.encode())
    with pytest.raises(errors.AwsCallFailed) as caught:
        secretsmanager.sql_login("lyo-dr/bookings/sql", OREGON)
    assert CANARY not in everything_said(caught.value)


def test_a_secret_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(errors.NotFound, match="reading secret nope in us-west-2"):
        secretsmanager.sql_login("nope", OREGON)


SENTENCES: dict[str, tuple[BaseException, str]] = {
    "the server's refusal": (
        pg8000.exceptions.DatabaseError({"C": "25006", "M": f"cannot execute INSERT of {CANARY}"}),
        "DatabaseError 25006",
    ),
    "the driver's complaint": (pg8000.exceptions.InterfaceError(f"bad {CANARY}"), "InterfaceError"),
    "the network": (ConnectionRefusedError(111, CANARY), "ConnectionRefusedError"),
    "nothing to say": (pg8000.exceptions.DatabaseError(), "DatabaseError"),
}


@pytest.mark.parametrize(("failure", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
def test_a_database_error_is_told_by_class_and_state_only(failure: BaseException, sentence: str) -> None:
    assert postgres._sentence(failure) == sentence


def test_a_database_that_is_not_there_is_unreachable_and_its_password_unsaid() -> None:
    login = secretsmanager.SqlLogin(**{**LOGIN, "host": "127.0.0.1", "port": 1})
    with pytest.raises(errors.DatabaseUnreachable) as caught, postgres.connected(login, 0.5):
        pass
    assert str(caught.value).startswith("database at 127.0.0.1:1: ")
    assert CANARY not in everything_said(caught.value)


def test_tls_is_verified_where_the_secret_brings_the_authority() -> None:
    assert postgres._tls(secretsmanager.SqlLogin(**LOGIN, tls=False)) is None
    encrypted = postgres._tls(secretsmanager.SqlLogin(**LOGIN))
    assert encrypted is not None
    assert not encrypted.check_hostname


def test_certificates_that_are_none_make_the_database_unreachable_and_not_unverified() -> None:
    login = secretsmanager.SqlLogin(**{**LOGIN, "host": "127.0.0.1", "port": 1}, ca="no certificate")
    with pytest.raises(errors.DatabaseUnreachable, match="SSLError"), postgres.connected(login, 0.5):
        pass


def test_without_its_layer_or_region_a_function_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    environment.plan.cache_clear()
    with pytest.raises(environment.EnvironmentIncomplete, match="the plan layer is missing"):
        environment.plan()
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(environment.EnvironmentIncomplete, match="AWS_REGION is not set"):
        environment.region()


def test_the_published_plan_is_the_plan(publish_plan: Any) -> None:
    publish_plan(lyo_plan())
    assert environment.plan() == lyo_plan()
    assert environment.plan() is environment.plan()
    assert environment.region() == OREGON
    assert msgspec.json.decode(environment.plan().to_json())["name"] == "lyo"
