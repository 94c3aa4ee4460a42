"""Numbers from outside: each that cannot be meant gets one sentence, at every place where one is taken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as some

from local_aws.data_plane.admin import Admin
from local_aws.numbers import number, port, seconds, whole
from local_aws.settings import Settings

ROOT = Path(__file__).parents[2]
NONE = [float("nan"), float("inf"), float("-inf"), "nan", "many", "", None, True, [], {}, "1" * 400]


@pytest.mark.parametrize("value", [*NONE, -0.1, 1.1])
def test_a_share_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^rate is .*; write a number from 0 to 1$"):
        number("rate", value, most=1.0)


@pytest.mark.parametrize("value", [*NONE, 0, -1, 65536])
def test_a_port_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^port is .*; write a number from 1 to 65535$"):
        port("port", value)


@pytest.mark.parametrize("value", [*NONE, -1, 86401])
def test_a_duration_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^delay is .*; write a number from 0 to 86400$"):
        seconds("delay", value)


def test_what_is_whole_has_no_fraction() -> None:
    assert whole("times", "3") == 3
    with pytest.raises(ValueError, match=r"times is 1.5; write a whole number of 0 or more"):
        whole("times", 1.5)


@given(some.floats(0, 1) | some.integers(0, 1))
def test_what_is_within_the_bounds_is_taken_as_it_is(value: float) -> None:
    assert number("rate", value, most=1.0) == value
    assert number("rate", str(value), most=1.0) == value


REQUESTS: dict[str, tuple[str, bytes, str]] = {
    "a negative phase": ("/timing", b'{"task_start": -1}', "task_start is -1; write a number from 0 to 86400"),
    "a phase of no number": ("/timing", b'{"task_start": NaN}', "task_start is nan; write a number from 0 to 86400"),
    "an unknown phase": ("/timing", b'{"lunch": 1}', "lunch is not stretched; stretched are "),
    "a share in percent": (
        "/regions/eu-west-1/balancer/disturbance",
        b'{"errors": 40}',
        "errors is 40; write a number",
    ),
    "a port too high": (
        "/regions/eu-west-1/balancer",
        b'{"address": "127.0.0.1", "port": 70000}',
        "port is 70000; write a number from 1 to 65535",
    ),
    "no mapping": ("/regions/eu-west-1/balancer", b"[]", "The request is not understood"),
    "no JSON": ("/timing", b"{", "The request is not understood"),
}


@pytest.mark.parametrize(("path", "body", "sentence"), REQUESTS.values(), ids=REQUESTS.keys())
def test_the_data_host_refuses_a_number_that_cannot_be_meant(path: str, body: bytes, sentence: str) -> None:
    backends = mock.Mock()
    status, answer = Admin(backends).answer("POST", path, body)
    assert status == 400
    assert sentence in answer["error"]
    assert backends.method_calls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("GATEWAY_PORT", "0"), ("GATEWAY_PORT", "http"), ("LOCAL_AWS_CLOCK", "nan"), ("LOCAL_AWS_DNS_PORT", "-1")],
)
def test_a_setting_that_cannot_be_meant_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"^{name} is '{value}'; write a number"):
        Settings.from_env()


@pytest.mark.parametrize(
    ("module", "given", "sentence"),
    [
        ("drills.client", ["--port", "99999"], "the number is '99999'; write a number from 1 to 65535"),
        ("drills.client", ["--rate", "nan"], "the number is 'nan'; write a number from 0.1 to 10000"),
        ("local_aws.data_plane.serve", ["--least-phase-seconds", "-1"], "the number is '-1'; write a number from 0"),
        ("local_aws.serve", ["--clock", "-2"], "LOCAL_AWS_CLOCK is '-2'; write a number from 0.001 to 100000"),
    ],
)
def test_a_program_says_it_in_one_sentence(module: str, given: list[str], sentence: str) -> None:
    command = [sys.executable, "-m", module, given[0] + "=" + given[1]]
    ended = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": f"{ROOT / 'lambdas'}:{ROOT}"}, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode in (2, 3)
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
