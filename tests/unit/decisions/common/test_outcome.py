"""How an incident ends, and what is at the bottom of nested failures."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyo_dr.decisions.common.outcome import innermost, judge_failure, recovered_after_all, undisturbed
from lyo_dr.model.facts import Probe
from lyo_dr.model.incident import SystemRecord
from tests.unit.builders import IRELAND, OREGON, a_probe, first_day, serving

MOVED = first_day(active_region=OREGON, standby_region=None, epoch=1)
HERE = serving(OREGON, url="https://api.lyo-booking.com/health/ready")


def lambda_error(name: str, sentence: str) -> dict[str, str]:
    """As Step Functions hands over the error of a function."""
    cause = {"errorMessage": sentence, "errorType": name, "requestId": "1", "stackTrace": ["  File x, line 1\n"]}
    return {"Error": name, "Cause": json.dumps(cause)}


def nested(inner: dict[str, str], name: str = "States.TaskFailed") -> dict[str, str]:
    """As AWS hands over the end of a nested execution: its description, in JSON."""
    described = {
        "ExecutionArn": "arn:aws:states:us-west-2:123456789012:execution:lyo-dr-promote-database:1",
        "Input": "{}",
        "InputDetails": {"Included": True},
        "Name": "1",
        "Status": "FAILED",
        **inner,
    }
    return {"Error": name, "Cause": json.dumps(described)}


BOTTOMS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "a function's error": (lambda_error("LeaseLost", "held by another"), ("LeaseLost", "held by another")),
    "a Fail state": ({"Error": "NotWritable", "Cause": "read-only"}, ("NotWritable", "read-only")),
    "one execution deep": (nested({"Error": "NotWritable", "Cause": "read-only"}), ("NotWritable", "read-only")),
    "one execution deep, a function at the bottom": (
        nested(lambda_error("Throttled", "slow down")),
        ("Throttled", "slow down"),
    ),
    "three executions deep": (nested(nested(nested(lambda_error("EpochStale", "old")))), ("EpochStale", "old")),
    "the local Step Functions: the cause itself, plain": (
        {"Error": "States.TaskFailed", "Cause": "the replica is gone"},
        ("States.TaskFailed", "the replica is gone"),
    ),
    "a time-out has no cause": ({"Error": "States.Timeout"}, ("States.Timeout", "")),
    "a nested execution that timed out": (
        nested({"Status": "TIMED_OUT"}),
        ("States.TaskFailed", "1 ended TIMED_OUT"),
    ),
    "an error without a cause inside": (nested({"Error": "States.Timeout"}), ("States.Timeout", "")),
    "a cause that is JSON and says nothing": ({"Error": "X", "Cause": "[1]"}, ("X", "[1]")),
    "a cause that is a number": ({"Error": "X", "Cause": "42"}, ("X", "42")),
    "a cause cut off in the middle": ({"Error": "X", "Cause": '{"Error": "Y", "Ca'}, ("X", '{"Error": "Y", "Ca')),
    "nothing at all": ({}, ("Unknown", "")),
}


@pytest.mark.parametrize(("error", "bottom"), BOTTOMS.values(), ids=BOTTOMS.keys())
def test_the_innermost_error_is_what_people_are_told(error: dict[str, Any], bottom: tuple[str, str]) -> None:
    assert innermost(error) == bottom


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Error", "Cause", "x"]), inner),
    max_leaves=12,
)


@given(error=JSON)
def test_whatever_arrives_as_an_error_becomes_a_sentence(error: Any) -> None:
    failure = judge_failure(error, promotion_called=False, authority_taken=False)
    assert failure.sentence.startswith("Stopped before anything irreversible: ")
    again = {"Error": "E", "Cause": json.dumps(error)}
    assert judge_failure(again, promotion_called=False, authority_taken=False).ending == "failed"


def test_a_stack_trace_is_never_part_of_the_sentence() -> None:
    failure = judge_failure(nested(lambda_error("X", "y")), promotion_called=False, authority_taken=False)
    assert failure.sentence == "Stopped before anything irreversible: X: y"


@pytest.mark.parametrize("called", [True, False])
def test_fault_28_with_the_authority_taken_it_is_degraded_and_the_lease_is_kept(called: bool) -> None:
    failure = judge_failure(
        nested({"Error": "ValidationFailed", "Cause": "ready answers 503"}),
        promotion_called=called,
        authority_taken=True,
    )
    assert (failure.ending, failure.keep_lease) == ("degraded", True)
    assert failure.sentence == "Degraded, and traffic stays here: ValidationFailed: ready answers 503"


def test_after_a_promotion_the_lease_is_kept_for_a_person() -> None:
    failure = judge_failure({"Error": "X", "Cause": "y"}, promotion_called=True, authority_taken=False)
    assert (failure.ending, failure.keep_lease) == ("failed", True)
    assert failure.sentence == "Stopped after a promotion, before traffic moved: X: y"


def test_before_anything_irreversible_the_lease_is_given_back() -> None:
    failure = judge_failure({"Error": "X", "Cause": "y"}, promotion_called=False, authority_taken=False)
    assert (failure.ending, failure.keep_lease) == ("failed", False)


def test_a_failure_without_an_error_still_has_a_sentence() -> None:
    failure = judge_failure(None, promotion_called=False, authority_taken=False)
    assert failure.sentence == "Stopped before anything irreversible: Unknown: no cause on record"


CONTRADICTIONS: dict[str, tuple[SystemRecord, Probe, str]] = {
    "the record never moved": (
        first_day(),
        HERE,
        "the system record names eu-west-1 at epoch 0, not us-west-2 at 1",
    ),
    "somebody moved on": (
        first_day(active_region=OREGON, standby_region=None, epoch=2),
        HERE,
        "the system record names us-west-2 at epoch 2, not us-west-2 at 1",
    ),
    "silence": (MOVED, a_probe(url=HERE.url), f"{HERE.url} does not serve (TimeoutError)"),
    "read-only": (
        MOVED,
        a_probe(503, url=HERE.url, database="read_only"),
        f"{HERE.url} does not serve (read_only)",
    ),
    "an error page": (MOVED, a_probe(502, url=HERE.url), f"{HERE.url} does not serve (502)"),
    "the lost region answers": (MOVED, serving(IRELAND, url=HERE.url), f"{HERE.url} is served by eu-west-1"),
}


@pytest.mark.parametrize(("record", "answer", "fault"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_reported_recovery_is_held_against_the_world(record: SystemRecord, answer: Probe, fault: str) -> None:
    assert recovered_after_all(record, OREGON, 1, answer) == fault


@pytest.mark.parametrize("answer", [HERE, a_probe(200, database="read_write")])
def test_a_recovery_that_nothing_contradicts_stands(answer: Probe) -> None:
    assert recovered_after_all(MOVED, OREGON, 1, answer) is None


@pytest.mark.parametrize(("decision", "ending"), [("held", "held"), ("stood_down", "stood_down")])
def test_an_incident_in_which_nothing_changed_ends_as_it_was_decided(decision: str, ending: str) -> None:
    outcome = undisturbed(decision, "because", ["a", "b"])
    assert (outcome.ending, outcome.sentence, outcome.reasons) == (ending, "because", ["a", "b"])
