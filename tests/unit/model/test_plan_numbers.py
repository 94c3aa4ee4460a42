"""Numbers of a plan that cannot be meant get one sentence each: where, what, and what instead."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan.file import PlanFaults, read_plan
from tests.plans import lyo_plan, raw_plan

WRONG: dict[str, tuple[Any, str]] = {
    "objectives__rto": ("-PT1H", "objectives.rto: -1 h is no duration; write more than 0, such as PT15M"),
    "budgets__consent": ("PT0S", "budgets.consent: 0 s is no duration; write more than 0, such as PT15M"),
    "policy__cooldown": ("-PT1S", "policy.cooldown: -1 s is no duration; write more than 0, such as PT15M"),
    "objectives__availability_percent": (
        130,
        "objectives.availability_percent: 130; write 0 to 100",
    ),
    "databases__0__integrity__1__may_fall_percent": (
        -3,
        "databases[0].integrity[1].may_fall_percent: -3; write 0 to 100",
    ),
    "databases__0__integrity__0__may_rise_percent": (
        float("inf"),
        "databases[0].integrity[0].may_rise_percent: inf; write 0 or more",
    ),
    "databases__0__low_storage_gib": (
        float("nan"),
        "databases[0].low_storage_gib: nan; write more than 0",
    ),
    "databases__0__restore__max_restores": (
        -1,
        "databases[0].restore.max_restores: -1; write 1 or more",
    ),
}


@pytest.mark.parametrize(("path", "value", "sentence"), [(path, *said) for path, said in WRONG.items()], ids=WRONG)
def test_a_number_that_cannot_be_meant_is_refused(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(PlanFaults) as refused:
        read_plan(raw_plan(**{path: value}))
    assert sentence in refused.value.faults


def test_the_twins_that_can_be_meant_are_taken() -> None:
    assert not lyo_plan(policy__cooldown="PT0S").policy.cooldown
    assert lyo_plan(objectives__availability_percent=100).objectives.availability_percent == 100
    assert lyo_plan(databases__0__integrity__0__may_rise_percent=250).databases[0].integrity[0].may_rise_percent == 250


def test_a_plan_speaks_of_durations_as_people_do() -> None:
    with pytest.raises(PlanFaults, match=r"1 h is less than the budgets of a failover allow \(1 h 30 min = "):
        read_plan(raw_plan(objectives__rto="PT1H"))
