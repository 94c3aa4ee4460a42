"""Fault 23: tasks of the standby crash. It stops before traffic moves, with the reasons the tasks gave."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.common.capacity import capacity_progress
from lyo_dr.decisions.failover.components import Component, Components
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.region_failover import judge_components
from lyo_dr.steps.region_failover.judge_components import PlacesNotRecovered
from tests.plans import lyo_plan
from tests.state_machines.asl import scopes
from tests.unit.aws import World
from tests.unit.builders import a_deadline, a_service

CRASHED = "Essential container in task exited"
NO_IMAGE = "CannotPullContainerError: not found"


def judged(seconds: float, **changes: Any) -> Progress:
    state = a_service(2, **{"running": 0, "stop_reasons": [CRASHED, NO_IMAGE, CRASHED], **changes})
    return capacity_progress(lyo_plan().services[0], state, deadline=a_deadline(timedelta(minutes=15), spent=seconds))


def test_fault_23_while_it_is_waited_for_every_reason_is_named_once() -> None:
    assert judged(60).status == "pending"
    assert judged(60).sentence.endswith(f"(stopped: {NO_IMAGE}; {CRASHED})")


def test_fault_23_after_the_budget_it_is_broken_with_the_reasons() -> None:
    verdict = judged(900)
    assert verdict.status == "broken"
    assert verdict.sentence == (
        f"After 15 min 0 of 2 tasks of assistant run, minimum is 1 (stopped: {NO_IMAGE}; {CRASHED})"
    )


def test_fault_23_a_rollout_that_the_circuit_breaker_ended_is_not_waited_for() -> None:
    verdict = judged(1, rollout="FAILED")
    assert (verdict.status, CRASHED in verdict.sentence) == ("broken", True)


def test_fault_23_a_service_that_did_not_come_up_keeps_traffic_back(world: World) -> None:
    cause = json.dumps({"Error": "CapacityUnavailable", "Cause": judged(900).sentence})
    error = {"Error": "States.TaskFailed", "Cause": cause}
    places = Components(
        databases=[Component(name="bookings", recovered=True)],
        services=[Component(name="assistant", recovered=False, error=error)],
    )
    event = {"incident": msgspec.to_builtins(world.given_incident()), "places": msgspec.to_builtins(places)}
    with pytest.raises(PlacesNotRecovered, match=f"CapacityUnavailable: After 15 min .* {CRASHED}"):
        judge_components.handler(event)
    assert world.said()[-1].startswith("Traffic stays: service assistant: CapacityUnavailable")


def test_fault_23_from_places_that_did_not_recover_no_way_leads_to_the_switch() -> None:
    (top,) = [scope for scope in scopes("region_failover") if scope.top]
    (failed,) = top.caught_by("JudgeComponents")
    assert "SwitchTraffic" not in top.reachable(failed)
