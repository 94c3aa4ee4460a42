"""The RTO in a drill's own scale: what is really waited for, and no hours."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import msgspec
import pytest

from drills.durations.model import FIGURES
from drills.durations.outage import Range
from drills.durations.scaled import in_drill, scaled_rto
from drills.world.addresses import Addresses
from drills.world.rehearsal_plan import CLOCK, for_rehearsal
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan


def rehearsed(*, stretched: bool = False) -> Plan:
    return for_rehearsal(lyo_plan(), Addresses(0), stretched=stretched).plan


def scaled(kind: str, plan: Plan | None = None, *, aws_timing: bool = False) -> float:
    found = scaled_rto(kind, plan or rehearsed(), CLOCK, aws_timing=aws_timing)
    assert found is not None
    return found


def test_a_drill_of_half_a_minute_is_held_against_a_minute_and_not_against_hours() -> None:
    assert 60 < scaled("failover") < 100
    assert 60 < scaled("restore") < 120
    assert scaled("failover") < lyo_plan().objectives.rto.total_seconds() / 100


@pytest.mark.parametrize("kind", ["rotation", "breach", "quiet"])
def test_a_drill_that_ends_no_outage_has_none(kind: str) -> None:
    assert scaled_rto(kind, rehearsed(), CLOCK, aws_timing=False) is None


def test_what_is_stretched_is_waited_for_and_counts() -> None:
    longer = scaled("failover", rehearsed(stretched=True), aws_timing=True) - scaled("failover")
    assert longer == pytest.approx(2 * FIGURES["promotion"].typical / CLOCK)


def test_a_wait_of_the_plan_counts_as_it_is_rehearsed() -> None:
    plan = rehearsed()
    policy = msgspec.structs.replace(plan.policy, agreement=plan.policy.agreement + timedelta(seconds=10))
    assert scaled("failover", msgspec.structs.replace(plan, policy=policy)) == pytest.approx(scaled("failover") + 20)


def test_clocks_run_faster_functions_do_not_and_what_is_over_at_once_is_nothing() -> None:
    found = in_drill(CLOCK, aws_timing=False)
    assert found["alarm"] == Range(3.0, 4.5, 9.0)
    assert dataclasses.astuple(found["cold_start"]) == (0.1, 1, 5)
    assert {key for key, seconds in found.items() if seconds == Range(0, 0, 0)} == {
        *("promotion", "task_start", "backup", "modification", "task_stop", "restore", "lazy_loading", "rename")
    }
