"""Asking another function: its answer, its failure, its silence."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from lyo_dr.adapters.aws import lambda_
from lyo_dr.errors import AwsCallFailed, ServiceUnreachable


class Lambda:
    """Answers as Lambda does."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.asked: dict[str, Any] = {}

    def invoke(self, **asked: Any) -> dict[str, Any]:
        """Note what was asked, then answer."""
        self.asked = asked
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def given(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any] | Exception) -> Lambda:
    fake = Lambda(answer)
    monkeypatch.setattr(lambda_, "client", lambda *_where, **_limits: fake)
    return fake


def payload(value: Any) -> io.BytesIO:
    return io.BytesIO(json.dumps(value).encode())


def test_the_answer_of_the_function_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = given(monkeypatch, {"Payload": payload({"closed": True})})
    assert lambda_.invoke("close", {"database": "bookings"}, "us-west-2") == {"closed": True}
    assert fake.asked == {"FunctionName": "close", "Payload": b'{"database": "bookings"}'}


def test_a_function_that_failed_is_named_and_its_message_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {"FunctionError": "Unhandled", "Payload": payload({"errorType": "Boom", "errorMessage": "s3"})})
    with pytest.raises(AwsCallFailed, match=r"^asking close: it failed with Boom$"):
        lambda_.invoke("close", {}, "us-west-2")


def test_a_function_that_does_not_answer_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, ReadTimeoutError(endpoint_url="x"))
    with pytest.raises(ServiceUnreachable, match="asking close: no answer"):
        lambda_.invoke("close", {}, "us-west-2")
