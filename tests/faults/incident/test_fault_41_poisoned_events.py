"""Fault 41: whatever JSON arrives, it is understood or refused with a sentence, and what is refused starts nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from lyo_dr.errors import BadSignal
from lyo_dr.steps.incident_response import receive
from lyo_dr.steps.operator import answer_operator
from tests.unit.aws import World
from tests.unit.breaches import a_finding
from tests.unit.builders import an_alarm

ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
NO_MAPPING: list[Any] = ["alarm", "", [], [an_alarm()], None, 0, 7, 1.5, True, float("nan")]
PATHS = [
    ("detail",),
    ("region",),
    ("resources",),
    ("detail", "id"),
    ("detail", "severity"),
    ("detail", "service"),
    ("detail", "resource"),
    ("detail", "resource", "s3BucketDetails"),
    ("detail", "service", "action"),
    ("detail", "service", "additionalInfo"),
    ("detail", "service", "additionalInfo", "value"),
]
FLAT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def nested(levels: int) -> Any:
    """As deep as a parser of JSON still takes it."""
    value: Any = "x"
    for _ in range(levels):
        value = {"a": [value]}
    return value


def changed(event: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    part: dict[str, Any] = event
    for name in path[:-1]:
        part = part.setdefault(name, {})
    part[path[-1]] = value
    return event


def received(event: Any) -> str:
    """What was said about it. Anything but an answer or a BadSignal gets through, and fails the test."""
    try:
        answer = receive.handler(event)
    except BadSignal as refusal:
        return str(refusal)
    return str(answer.get("ignored", "started"))


@pytest.mark.parametrize("event", NO_MAPPING, ids=repr)
def test_fault_41_what_is_no_mapping_is_refused_with_a_sentence(world: World, event: Any) -> None:
    assert received(event) == "the event is not a mapping; expected a CloudWatch Alarm State Change"
    assert world.calls.made == []


@pytest.mark.parametrize("detail", ["x", ["x"], 7, None, {"state": "ALARM"}, {"state": ["ALARM"]}], ids=repr)
def test_fault_41_a_part_that_is_no_mapping_is_refused_with_a_sentence(world: World, detail: Any) -> None:
    assert received(an_alarm(detail=detail)) == "the alarm is not in state ALARM; nothing to do"
    assert received({**a_finding(), "detail": detail}) == "the finding's region, id or type is not one we accept"
    assert world.calls.made == []


@given(event=ANYTHING)
@FLAT
def test_fault_41_any_json_at_all_is_refused_and_starts_nothing(world: World, event: Any) -> None:
    assert len(received(event)) < 200, "the payload is quoted"
    assert world.calls.made == []


@given(path=some.sampled_from(PATHS), value=ANYTHING)
@FLAT
def test_fault_41_a_finding_with_one_poisoned_part_is_understood_or_refused(
    world: World, path: tuple[str, ...], value: Any
) -> None:
    said = received(changed(json.loads(json.dumps(a_finding())), path, value))
    assert len(said) < 200, "the payload is quoted"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", [nested(400), "[" * 100_000, "\ud800"], ids=["nested", "brackets", "surrogate"])
def test_fault_41_what_is_nested_endlessly_is_understood_or_refused(
    world: World, path: tuple[str, ...], value: Any
) -> None:
    assert len(received(changed(json.loads(json.dumps(a_finding())), path, value))) < 200


def test_fault_41_the_twin_the_same_events_unharmed_start_an_incident_each(world: World) -> None:
    assert received(an_alarm()) == "started"
    assert received(a_finding()) == "started"
    assert world.calls.count("stepfunctions:StartExecution") + world.calls.count("sfn:StartExecution") == 3


@pytest.mark.parametrize("event", NO_MAPPING, ids=repr)
def test_fault_41_the_operator_api_refuses_it_too(world: World, event: Any) -> None:
    assert answer_operator.handler(event)["statusCode"] == 405
    assert world.calls.made == []
