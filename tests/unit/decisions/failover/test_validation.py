"""Validation: one fault per endpoint, judged together."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from lyo_dr.decisions.failover.validation import endpoint_fault, located, metric_fault, tasks_fault, validation_progress
from lyo_dr.model.facts import Probe
from lyo_dr.model.plan import Endpoint, ServiceMetric
from lyo_dr.model.verdict import Progress
from tests.plans import plan_of_two
from tests.unit.builders import IRELAND, OREGON, a_deadline, a_probe, a_service, serving

ALIVE = Endpoint(name="alive", path="/health")
READY = Endpoint(name="ready", path="/health/ready", ready=True)
TEAPOT = Endpoint(name="teapot", path="/tea", status=418)

ANSWERS = {
    "alive": (ALIVE, a_probe(200), None),
    "alive, whatever its database says": (ALIVE, a_probe(200, database="read_only", region=IRELAND), None),
    "another status was expected": (TEAPOT, a_probe(418), None),
    "ready here": (READY, serving(OREGON), None),
    "silent": (ALIVE, a_probe(), "alive does not respond (TimeoutError)"),
    "an error": (ALIVE, a_probe(502), "alive answers 502 instead of 200"),
    "not a teapot": (TEAPOT, a_probe(200), "teapot answers 200 instead of 418"),
    "a redirect is no answer of ours": (ALIVE, a_probe(302), "alive answers 302 instead of 200"),
    "not ready": (
        READY,
        a_probe(503, database="read_only", region=OREGON),
        "ready answers 503 instead of 200 (database read_only)",
    ),
    "ready without a word of its database": (
        READY,
        a_probe(200, region=OREGON),
        "ready reports its database as unknown",
    ),
    "a read-only database behind a 200": (
        READY,
        a_probe(200, database="read_only", region=OREGON),
        "ready reports its database as read_only",
    ),
    "the lost region answers": (READY, serving(IRELAND), "ready is served by eu-west-1, not us-west-2"),
    "no region in the answer": (
        READY,
        a_probe(200, database="read_write"),
        "ready is served by an unnamed region, not us-west-2",
    ),
}


@pytest.mark.parametrize(("endpoint", "answer", "fault"), ANSWERS.values(), ids=ANSWERS.keys())
def test_each_answer_is_held_against_the_plan(endpoint: Endpoint, answer: Probe, fault: str | None) -> None:
    assert endpoint_fault(endpoint, answer, OREGON) == fault


def test_a_fault_names_the_service_and_the_address_that_was_asked() -> None:
    fault = endpoint_fault(ALIVE, a_probe(404), OREGON)
    url = "https://us.example.com/health"
    assert located("web", fault, url) == (
        "web: alive answers 404 instead of 200, asked at https://us.example.com/health"
    )
    assert located("web", None, url) is None


AGE = {"namespace": "AWS/SQS", "name": "ApproximateAgeOfOldestMessage", "dimensions": {}}


@pytest.mark.parametrize(
    ("limit", "value", "fault"),
    [
        ({"at_most": 300}, 301, "jobs: AWS/SQS ApproximateAgeOfOldestMessage is 301, at most 300 is allowed"),
        ({"at_least": 1}, 0, "jobs: AWS/SQS ApproximateAgeOfOldestMessage is 0, at least 1 is needed"),
        ({"at_most": 300}, 300, None),
        ({"at_least": 1}, 1, None),
    ],
)
def test_a_metric_is_held_against_its_limit(limit: dict[str, float], value: float, fault: str | None) -> None:
    assert metric_fault("jobs", msgspec.convert(AGE | limit, ServiceMetric), value) == fault


@pytest.mark.parametrize(("running", "fault"), [(1, "worker: 1 of 4 tasks run, minimum is 2"), (2, None), (4, None)])
def test_a_worker_is_judged_by_its_tasks(running: int, fault: str | None) -> None:
    assert tasks_fault(plan_of_two().service("worker"), a_service(4, running)) == fault


def test_a_worker_is_named_and_is_no_endpoint() -> None:
    deadline = a_deadline(timedelta(minutes=10))
    verdict = validation_progress([], asked=2, through="standby", deadline=deadline, running=["worker"])
    assert verdict.sentence == (
        "2 of 2 endpoints respond as expected, checked directly at the standby; running as planned: worker"
    )


def test_what_is_not_critical_is_named_and_not_waited_for() -> None:
    verdict = validation_progress(
        [],
        asked=1,
        through="front_door",
        deadline=a_deadline(timedelta(minutes=10)),
        tolerated=["worker: alive does not respond (TimeoutError), asked at https://us.example.com/health"],
    )
    assert verdict.status == "ready"
    assert verdict.sentence == (
        "1 of 1 endpoints respond as expected, checked through the public DNS name; not waited for: "
        "worker: alive does not respond (TimeoutError), asked at https://us.example.com/health"
    )


def judged(faults: list[str], through: str = "standby", spent: float = 0.0) -> Progress:
    return validation_progress(
        faults, asked=3, through=through, deadline=a_deadline(timedelta(minutes=10), spent=spent)
    )


def test_without_a_fault_the_recovery_is_valid_however_long_it_took() -> None:
    assert judged([]).sentence == "3 of 3 endpoints respond as expected, checked directly at the standby"
    assert judged([], "front_door", 9999).sentence == (
        "3 of 3 endpoints respond as expected, checked through the public DNS name"
    )


def test_every_fault_is_named_and_asked_about_again_until_the_budget_is_spent() -> None:
    waiting = judged(["a is down", "b is down"], spent=599)
    assert (waiting.status, waiting.wait_seconds) == ("pending", 15)
    assert waiting.sentence == "Checked directly at the standby: a is down; b is down; checking again"
    broken = judged(["a is down", "b is down"], "front_door", 600)
    assert broken == Progress(status="broken", sentence="Checked through the public DNS name: a is down; b is down")
