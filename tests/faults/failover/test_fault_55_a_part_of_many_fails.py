"""Fault 55: side by side, some come up and some do not. Each says how it ended, and one verdict names them all."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.failover.components import Component, Components, judge_components
from lyo_dr.steps.region_failover import judge_components as judge_step
from lyo_dr.steps.region_failover.judge_components import PlacesNotRecovered
from tests.plans import plan_of_two
from tests.state_machines.asl import Scope, scopes
from tests.unit.aws import World


def failed(name: str, error: str, cause: str) -> Component:
    inner = json.dumps({"Error": error, "Cause": cause})
    return Component(name=name, recovered=False, error={"Error": "States.TaskFailed", "Cause": inner})


def up(name: str) -> Component:
    return Component(name=name, recovered=True)


PARTLY = Components(
    databases=[failed("bookings", "NotWritable", "read-only"), failed("archive", "PromotionBroken", "stuck")],
    services=[up("assistant"), failed("worker", "CapacityUnavailable", "0 of 4 run")],
)


def test_fault_55_one_verdict_names_everything_that_keeps_traffic_back() -> None:
    assert judge_components(plan_of_two(), PARTLY, "us-west-2").blockers == [
        "database bookings: NotWritable: read-only",
        "service worker: CapacityUnavailable: 0 of 4 run",
    ]


def test_fault_55_what_is_not_critical_is_named_beside_what_came_up() -> None:
    places = Components(databases=[up("bookings"), PARTLY.databases[1]], services=[up("assistant"), up("worker")])
    verdict = judge_components(plan_of_two(), places, "us-west-2")
    assert verdict.blockers == []
    assert verdict.sentence.startswith("Databases promoted: 1, services stable: 2; not critical, left as is: database ")


def test_fault_55_the_step_puts_all_of_it_on_the_timeline_before_it_fails(build: Any) -> None:
    world: World = build(plan_of_two())
    event = {"incident": msgspec.to_builtins(world.given_incident()), "places": msgspec.to_builtins(PARTLY)}
    with pytest.raises(PlacesNotRecovered):
        judge_step.handler(event)
    (sentence,) = world.said()
    assert all(name in sentence for name in ("bookings", "worker"))


def _maps() -> list[Scope]:
    """The states of each Map inside RecoverPlaces."""
    return [scope for scope in scopes("region_failover") if scope.owner in ("PromoteDatabases", "DeployServices")]


def test_fault_55_one_failure_ends_no_other_branch_and_becomes_a_result() -> None:
    inside = _maps()
    assert len(inside) == 2
    for scope in inside:
        for name, state in scope.states.items():
            if state["Type"] != "Task":
                continue
            (after,) = scope.caught_by(name)
            assert scope.states[after]["Type"] == "Pass", "it ends well, with its error as data"
            assert not scope.after(after)
