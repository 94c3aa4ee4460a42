"""The lines of a call carry its incident, its function and its request, and nothing of the call before it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters import log
from lyo_dr.context import StepContext
from lyo_dr.handler import scheduled, step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.incident_response import receive
from lyo_dr.steps.operator import answer_operator
from tests.unit.aws import World
from tests.unit.builders import an_incident

Lines = Callable[[], list[dict[str, Any]]]


@dataclass
class Context:
    """What Lambda says of a call."""

    function_name: str = "lyo-Test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-west-2:123456789012:function:lyo-Test:7"
    aws_request_id: str = "5f0f9a62"


class Request(msgspec.Struct, frozen=True):
    """What a step is given at least."""

    incident: Incident


class Nothing(msgspec.Struct, frozen=True):
    """What a keeper is given."""


@step("Look", Request, timeline=True)
def look(_request: Request, _ctx: StepContext) -> Progress:
    log.say("A first line", database="bookings")
    return Progress(status="ready", sentence="It looks well")


@step("Ask", Nothing)
def ask(_request: Nothing, _ctx: StepContext) -> Any:
    log.say("Nobody's line")
    return {}


@scheduled("Watch")
def watch(_ctx: StepContext) -> Any:
    log.say("A keeper's line")
    return {}


@pytest.fixture
def lines(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What is written to the log from here on, line by line."""
    assert world
    said: list[dict[str, Any]] = []
    handler = log._LOGGER.registered_handler
    monkeypatch.setattr(handler, "emit", lambda record: said.append(json.loads(handler.format(record))))
    with pytest.MonkeyPatch.context() as level:
        level.setattr(log._LOGGER._logger, "level", logging.INFO)
        yield lambda: said


def the_event() -> dict[str, Any]:
    return {"incident": msgspec.to_builtins(an_incident()), "canary": "never in the log"}


def test_every_line_of_a_step_carries_its_incident_its_function_and_its_request(lines: Lines) -> None:
    look(the_event(), Context())
    assert [line["message"] for line in lines()] == ["A first line", "It looks well"]
    for line in lines():
        assert line["correlation_id"] == line["execution"] == an_incident().id
        assert (line["function_name"], line["function_request_id"]) == ("lyo-Test", "5f0f9a62")
        assert line["cold_start"] in (True, False)
        assert "canary" not in json.dumps(line)
    assert lines()[0]["database"] == "bookings"
    assert "database" not in lines()[1]


def test_a_line_says_where_it_was_written(lines: Lines) -> None:
    look(the_event(), Context())
    assert lines()[0]["location"].startswith("look:")


def test_no_call_inherits_the_incident_of_the_one_before(lines: Lines) -> None:
    look(the_event(), Context())
    ask({}, Context(aws_request_id="second"))
    watch({}, Context(aws_request_id="third"))
    for line, request in zip(lines()[2:], ("second", "third"), strict=True):
        assert line.get("correlation_id") is None
        assert "execution" not in line
        assert line["function_request_id"] == request


def test_no_call_without_a_context_inherits_anything_either(lines: Lines) -> None:
    look(the_event(), Context())
    ask({})
    assert lines()[-1].keys().isdisjoint({"correlation_id", "execution", "function_name", "function_request_id"})


def test_the_event_is_not_logged_even_where_the_environment_asks_for_it(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    look(the_event(), Context())
    assert [line["message"] for line in lines()] == ["A first line", "It looks well"]


@pytest.mark.parametrize("handler", [receive.handler, answer_operator.handler])
def test_the_doors_are_called_with_a_context_too(world: World, handler: Callable[..., Any]) -> None:
    assert world
    assert handler({"warm": True}, Context()) == {"warm": True}


def test_a_step_with_a_timeline_puts_the_sentence_it_returns_on_it(world: World) -> None:
    assert look(the_event()) == {"status": "ready", "sentence": "It looks well", "wait_seconds": 1}
    timeline = world.ctx().store.incidents.timeline(an_incident().id)
    assert [(line.step, line.sentence) for line in timeline] == [("Look", "It looks well")]
