"""Did the drill meet its targets? Each miss, and its twin just inside the limit."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from drills.results import targets
from drills.results.measure import Measured, measure
from lyo_dr.model.plan import Objectives
from tests.drills.drill_record import ATTEMPTS, CALLS, LOST, STEPS, attempt, call, recorded, rows
from tests.plans import lyo_plan

OBJECTIVES = lyo_plan().objectives
EVERYTHING = rows("early", "late", "again")


def objectives(**seconds: float) -> Objectives:
    spans = {name: timedelta(seconds=value) for name, value in seconds.items()}
    return msgspec.structs.replace(OBJECTIVES, **spans)


def misses(objectives: Objectives = OBJECTIVES, **changes: Any) -> list[str]:
    drill = recorded(**changes)
    return targets.failures(drill, measure(drill, STEPS), objectives)


def misses_of(measured: Measured, objectives: Objectives = OBJECTIVES) -> list[str]:
    return targets.failures(recorded(), measured, objectives)


def measured_with(loss: dict[str, Any] | None = None, **calls: Any) -> Measured:
    usual = measure(recorded(), STEPS)
    return dataclasses.replace(
        usual, loss=dataclasses.replace(usual.loss, **loss or {}), calls=dataclasses.replace(usual.calls, **calls)
    )


def test_a_drill_that_went_well_misses_nothing() -> None:
    assert misses() == []


@pytest.mark.parametrize(
    ("ending", "said"), [("failed", "failed"), ("held", "held"), ("degraded", "degraded"), ("", "in nothing")]
)
def test_any_other_ending_than_recovered_is_a_miss(ending: str, said: str) -> None:
    assert misses(ending=ending) == [f"the incident ended {said} instead of recovered"]


def test_a_client_that_is_never_served_again_is_a_miss() -> None:
    assert misses(attempts=ATTEMPTS[:3], rows=EVERYTHING) == ["the client never got an answer again"]


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ({"protect_database": "FAILED", "other": "SUCCEEDED"}, ["protect_database ended FAILED"]),
        ({"protect_database": "RUNNING"}, ["protect_database ended RUNNING"]),
        ({"protect_database": "SUCCEEDED"}, []),
        ({}, []),
    ],
)
def test_what_runs_on_afterwards_has_to_succeed(after: dict[str, str], found: list[str]) -> None:
    assert misses(after=after) == found


@pytest.mark.parametrize(
    ("rto", "found"), [(17.0, ["the outage of 17.6 s exceeds the RTO of 17 s"]), (17.7, []), (14400.0, [])]
)
def test_the_outage_is_held_against_the_rto(rto: float, found: list[str]) -> None:
    assert misses(objectives(rto=rto)) == found


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        (28.4, []),  # two regions on two processors
        (79.4, []),
        (88.0, ["the outage of 1 min 28 s exceeds the RTO in the drill's own scale, 1 min 19 s"]),
        (None, []),  # said elsewhere
    ],
)
def test_a_slow_product_misses_the_rto_in_the_drills_own_scale(seconds: float | None, found: list[str]) -> None:
    slow = dataclasses.replace(measured_with(), outage_seconds=seconds)
    assert targets.in_scale(recorded(), slow, OBJECTIVES) == found
    kept = [sentence for sentence in misses_of(slow) if "scale" in sentence]
    assert kept == found
    assert not [sentence for sentence in targets.failures_held_up(recorded(), slow, OBJECTIVES) if "scale" in sentence]


def test_a_drill_that_ends_no_outage_is_held_against_no_rto() -> None:
    nothing = dataclasses.replace(measured_with(), outage_seconds=500.0, scaled_rto_seconds=None)
    assert targets.in_scale(recorded(), nothing, OBJECTIVES) == []


@pytest.mark.parametrize(("rpo", "found"), [(0.3, ["the loss of 0.4 s exceeds the RPO of 0.3 s"]), (0.5, [])])
def test_the_loss_is_held_against_the_rpo(rpo: float, found: list[str]) -> None:
    assert misses(objectives(rpo=rpo)) == found


@pytest.mark.parametrize(
    ("predicted", "found"),
    [
        (0.3, ["the loss was predicted as at most 0.3 s and measured as 0.4 s"]),
        (None, ["the loss was predicted as at most unknown and measured as 0.4 s"]),
        (0.5, []),
    ],
)
def test_the_loss_is_held_against_its_own_prediction(predicted: float | None, found: list[str]) -> None:
    assert misses(predicted_loss_seconds=predicted) == found


@pytest.mark.parametrize(
    ("found_rows", "found"),
    [
        (rows("early", "late", "again", "again"), ["1 bookings are in the database twice"]),
        (EVERYTHING, []),
    ],
)
def test_a_booking_that_is_there_twice_is_a_miss(found_rows: Any, found: list[str]) -> None:
    assert misses(rows=found_rows) == found


@pytest.mark.parametrize(
    ("extra", "found"),
    [
        (
            call("Triage", "DescribeDBInstances", 5.0, region=LOST),
            [f"Triage called rds:DescribeDBInstances in {LOST} on the failover path"],
        ),
        (
            call("ThrowLatch", "UpdateHealthCheck", 15.0, service="route53", region="us-east-1"),
            ["ThrowLatch called route53:UpdateHealthCheck in us-east-1 on the failover path"],
        ),
        (call("FenceServices", "DescribeServices", 10.0, service="ecs", region=LOST), []),
        (call("Triage", "DescribeDBInstances", 5.0), []),
    ],
)
def test_a_call_the_path_may_not_make_is_a_miss(extra: dict[str, Any], found: list[str]) -> None:
    assert misses(calls=(*CALLS, extra)) == found


@pytest.mark.parametrize(
    ("seconds", "found"), [(4.2, ["the fence took 4.2 s, its bound is 3 s"]), (3.9, []), (0.0, [])]
)
def test_the_fence_has_a_bound_and_a_second_of_grace(seconds: float, found: list[str]) -> None:
    assert misses_of(measured_with(fence_seconds=seconds)) == found


def test_a_drill_without_a_booking_proves_nothing() -> None:
    nobody = (attempt(0.5, "failed", ok=False), attempt(18.0, "again", ok=False))
    assert "the client made no booking, so nothing was measured" in misses(attempts=nobody, rows=())
    assert misses_of(measured_with(loss={"acknowledged": 1})) == []


def test_the_record_strategy_may_change_its_record_through_the_control_plane_and_nothing_else() -> None:
    allowed = (
        call("ChangeRecord", "ChangeResourceRecordSets", 15.0, service="route53", region="us-east-1"),
        call("CheckChange", "GetChange", 16.0, service="route53", region="us-east-1"),
    )
    elsewhere = call("ChangeRecord", "CreateRole", 15.0, service="iam", region="us-east-1")
    steps = {*STEPS, "ChangeRecord", "CheckChange"}
    for extra, found in (
        ((), []),
        ((elsewhere,), ["ChangeRecord called iam:CreateRole in us-east-1 on the failover path"]),
    ):
        drill = recorded(calls=(*CALLS, *allowed, *extra))
        assert targets.failures_by_record(drill, measure(drill, steps), OBJECTIVES) == found
        assert len(targets.failures(drill, measure(drill, steps), OBJECTIVES)) == 2 + len(found)
