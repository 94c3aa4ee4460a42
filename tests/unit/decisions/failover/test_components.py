"""May traffic follow? Every critical service and every critical database has to have come up."""

from __future__ import annotations

import pytest

from lyo_dr.decisions.failover.components import Component, Components, Judgement, judge_components
from lyo_dr.model.plan.file import read_plan
from tests.plans import plan_of_two, raw_plan_of_two

ERROR = {"Error": "States.TaskFailed", "Cause": '{"Error": "NotWritable", "Cause": "read-only"}'}


def judged(*, bookings: bool = True, archive: bool = True, assistant: bool = True, worker: bool = True) -> Judgement:
    def place(name: str, up: bool) -> Component:
        return Component(name=name, recovered=up, error=None if up else ERROR)

    places = Components(
        databases=[place("bookings", bookings), place("archive", archive)],
        services=[place("assistant", assistant), place("worker", worker)],
    )
    return judge_components(plan_of_two(), places, "us-west-2")


def test_when_everything_came_up_nothing_keeps_traffic_back() -> None:
    assert judged() == Judgement(sentence="Databases promoted: 2, services stable: 2", blockers=[])


@pytest.mark.parametrize("name", ["assistant", "worker"])
def test_every_service_keeps_traffic_back(name: str) -> None:
    verdict = judged(**{name: False})
    assert verdict.blockers == [f"service {name}: NotWritable: read-only"]
    assert verdict.sentence == f"Traffic stays: service {name}: NotWritable: read-only"


def test_a_critical_database_keeps_traffic_back() -> None:
    assert judged(bookings=False).blockers == ["database bookings: NotWritable: read-only"]


def test_a_database_that_is_not_critical_is_named_and_keeps_nothing_back() -> None:
    verdict = judged(archive=False)
    assert verdict.blockers == []
    assert verdict.sentence == (
        "Databases promoted: 1, services stable: 2; not critical, left as is: database archive: NotWritable: read-only"
    )


def test_must_not_fire_a_service_that_is_not_critical_keeps_nothing_back() -> None:
    raw = raw_plan_of_two()
    raw["services"][1]["critical"] = False
    places = Components(
        databases=[Component(name="bookings", recovered=True)],
        services=[
            Component(name="assistant", recovered=True),
            Component(name="worker", recovered=False, error=ERROR),
        ],
    )
    verdict = judge_components(read_plan(raw), places, "us-west-2")
    assert verdict.blockers == []
    assert verdict.sentence == (
        "Databases promoted: 1, services stable: 1; not critical, left as is: service worker: NotWritable: read-only"
    )


def test_all_that_keeps_traffic_back_is_named_at_once() -> None:
    assert len(judged(bookings=False, assistant=False, worker=False).blockers) == 3


def test_an_end_without_an_error_is_still_a_blocker() -> None:
    places = Components(databases=[Component(name="bookings", recovered=False)], services=[])
    assert judge_components(plan_of_two(), places, "us-west-2").blockers == ["database bookings: Unknown"]
