"""Capacity: what is raised, and when it is enough."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.decisions.common.capacity import capacity_progress, raise_to
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.verdict import Progress
from tests.plans import lyo_plan
from tests.unit.builders import a_deadline, a_service

SERVICE = lyo_plan().services[0]

RAISES = {
    "from nothing": (a_service(0, 0, minimum_capacity=0, maximum_capacity=4), (2, 4, 2)),
    "a maximum below the plan is lifted": (a_service(0, 0, minimum_capacity=0, maximum_capacity=1), (2, 2, 2)),
    "autoscaling of zero would undo it": (a_service(2, 2, minimum_capacity=0, maximum_capacity=0), (2, 2, None)),
    "without autoscaling": (a_service(0, 0), (None, None, 2)),
    "more runs already: never less": (a_service(5, 5, minimum_capacity=1, maximum_capacity=8), (2, 8, None)),
    "everything is as planned": (a_service(2, 2, minimum_capacity=2, maximum_capacity=4), (None, None, None)),
    "a higher minimum stays": (a_service(3, 3, minimum_capacity=3, maximum_capacity=4), (None, None, None)),
}


@pytest.mark.parametrize(("state", "wanted"), RAISES.values(), ids=RAISES.keys())
def test_only_what_differs_is_raised_and_nothing_is_lowered(
    state: ServiceState, wanted: tuple[int | None, int | None, int | None]
) -> None:
    verdict = raise_to(SERVICE, state)
    assert (verdict.minimum, verdict.maximum, verdict.desired) == wanted


def test_raising_says_from_what_to_what() -> None:
    assert raise_to(SERVICE, a_service(0, 0)).sentence == "Service assistant is scaled up from 0 to 2 tasks"
    assert raise_to(SERVICE, a_service(2, 2)).sentence == "Service assistant already has 2 desired tasks"


def judged(state: ServiceState, *, spent: float = 0.0) -> Progress:
    return capacity_progress(SERVICE, state, deadline=a_deadline(timedelta(minutes=15), spent=spent))


SITUATIONS = {
    "all run": (a_service(), 0.0, "ready", "2 of 2 tasks of assistant run"),
    "more than the plan run": (a_service(3, 3), 0.0, "ready", "3 of 3 tasks of assistant run"),
    "one is still starting": (a_service(2, 1, pending=1), 0.0, "pending", "1 of 2 tasks of assistant run; waiting"),
    "all run, and one is pending": (
        a_service(2, 2, pending=1),
        0.0,
        "pending",
        "2 of 2 tasks of assistant run; waiting",
    ),
    "they crash": (
        a_service(2, 0, stop_reasons=["OutOfMemory", "OutOfMemory", "CannotPullContainer"]),
        10.0,
        "pending",
        "0 of 2 tasks of assistant run; waiting (stopped: CannotPullContainer; OutOfMemory)",
    ),
    "time is up, the minimum runs": (
        a_service(2, 1),
        900.0,
        "ready",
        "1 of 2 tasks of assistant run, enough for the plan's minimum of 1",
    ),
    "time is up, less than the minimum": (
        a_service(2, 0, stop_reasons=["no IP addresses"]),
        900.0,
        "broken",
        "After 15 min 0 of 2 tasks of assistant run, minimum is 1 (stopped: no IP addresses)",
    ),
    "the rollout failed": (
        a_service(2, 2, rollout="FAILED"),
        0.0,
        "broken",
        "The rollout failed: 2 of 2 tasks of assistant run",
    ),
    "somebody lowered it": (
        a_service(0, 0),
        0.0,
        "broken",
        "Service assistant was scaled down to 0 by someone else",
    ),
}


@pytest.mark.parametrize(("state", "spent", "status", "sentence"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_capacity_is_there_when_the_tasks_run(state: ServiceState, spent: float, status: str, sentence: str) -> None:
    verdict = judged(state, spent=spent)
    assert (verdict.status, verdict.sentence) == (status, sentence)


def test_while_time_is_left_the_minimum_alone_is_not_enough() -> None:
    assert judged(a_service(2, 1), spent=899).status == "pending"
