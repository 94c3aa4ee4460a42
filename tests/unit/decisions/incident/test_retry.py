"""A step is retried by its name only if it is what failed; otherwise one sentence says what did."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.incident.retry import may_retry
from lyo_dr.model.step_record import StepFailure
from tests.unit.builders import at

ID = "region-eu-west-1-20260329T120000"
KNOWN = ["OpenIncident", "CheckGate", "CheckCapacity", "JudgeComponents"]


def a_failure(**changes: Any) -> StepFailure:
    facts: dict[str, Any] = {"step": "CheckCapacity", "execution": ID, "at": at(60), "sentence": "2 of 4 tasks run"}
    return StepFailure(**{**facts, **changes})


def asked(step: str, *failures: StepFailure, running: bool = False) -> tuple[str, str]:
    verdict = may_retry(ID, step, known=KNOWN, failures=failures, execution=ID, running=running)
    return verdict.what, verdict.sentence


def test_the_step_that_failed_is_retried() -> None:
    assert asked("CheckCapacity", a_failure()) == ("take_up", "CheckCapacity failed: 2 of 4 tasks run")


def test_of_two_that_failed_either_is() -> None:
    both = [a_failure(), a_failure(step="JudgeComponents", sentence="Traffic stays")]
    assert asked("JudgeComponents", *both)[0] == "take_up"
    assert asked("CheckCapacity", *both)[0] == "take_up"


def test_one_that_is_being_retried_is_left_alone() -> None:
    what, sentence = asked("CheckCapacity", a_failure(retried=True), running=True)
    assert what == "under_way"
    assert sentence == f"CheckCapacity is being retried by {ID} already (2 of 4 tasks run); nothing was started"


def test_one_whose_retries_ended_with_the_incident_is_retried() -> None:
    assert asked("CheckCapacity", a_failure(retried=True))[0] == "take_up"


REFUSED: dict[str, tuple[str, list[StepFailure], str]] = {
    "another one failed": (
        "CheckGate",
        [a_failure()],
        f"CheckGate is not on record as failed in {ID}; CheckCapacity failed: 2 of 4 tasks run",
    ),
    "a typo": (
        "CheckCapacty",
        [a_failure()],
        "CheckCapacty is no step of a failover; did you mean CheckCapacity? CheckCapacity failed: 2 of 4 tasks run",
    ),
    "another spelling": (
        "checkcapacity",
        [a_failure()],
        "checkcapacity is no step of a failover; did you mean CheckCapacity? CheckCapacity failed: 2 of 4 tasks run",
    ),
    "no step at all": (
        "Nonsense",
        [],
        (
            "Nonsense is no step of a failover. No step of it is on record as failed; "
            f"`lyo-dr resume {ID}` takes it up again whatever failed"
        ),
    ),
    "it came through": (
        "CheckCapacity",
        [a_failure(passed=True)],
        (
            f"CheckCapacity is not on record as failed in {ID}; no step of it is on record as failed; "
            f"`lyo-dr resume {ID}` takes it up again whatever failed"
        ),
    ),
    "it failed in an earlier execution": (
        "CheckCapacity",
        [a_failure(execution="the-one-before")],
        (
            f"CheckCapacity is not on record as failed in {ID}; no step of it is on record as failed; "
            f"`lyo-dr resume {ID}` takes it up again whatever failed"
        ),
    ),
}


@pytest.mark.parametrize(("step", "failures", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_the_twin_anything_else_starts_nothing_and_says_what_failed_instead(
    step: str, failures: list[StepFailure], sentence: str
) -> None:
    assert asked(step, *failures) == ("refused", sentence)
