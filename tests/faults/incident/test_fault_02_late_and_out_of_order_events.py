"""Fault 2: an event that comes late, or out of order, starts nothing; what is read now decides."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from lyo_dr.decisions.failover.triage import Rules, triage
from lyo_dr.decisions.incident.admission import admit
from lyo_dr.decisions.incident.signals import execution_name, signal_from_event
from lyo_dr.errors import BadSignal
from lyo_dr.steps.incident_response import open_incident
from tests.plans import lyo_plan
from tests.unit.aws import World
from tests.unit.builders import IRELAND, NOON, OREGON, a_signal, an_alarm, at, first_day, observers, serving


def admission(seconds_later: float, limit: timedelta = timedelta(minutes=15)) -> str:
    return admit(
        a_signal(),
        here=OREGON,
        pair=(IRELAND, OREGON),
        incident_id="x",
        record=first_day(),
        lease=None,
        now=at(seconds_later),
        max_age=limit,
    ).admission


@pytest.mark.parametrize(
    ("age", "expected"), [(0, "open"), (900, "open"), (900.1, "out_of_date"), (36000, "out_of_date")]
)
def test_fault_02_a_signal_older_than_the_plan_allows_opens_nothing(age: float, expected: str) -> None:
    assert admission(age) == expected


def test_fault_02_a_signal_ten_hours_old_is_recorded_with_its_age_and_takes_no_lease(world: World) -> None:
    now = world.ctx().now()
    signal = msgspec.to_builtins(a_signal(at=now - timedelta(hours=10)))
    answer = open_incident.handler({"execution": "late", "signal": signal})
    assert answer["admission"] == "out_of_date"
    assert world.said("late") == ["The signal is 10 h old, older than 15 min"]
    assert world.ctx().store.control.lease() is None


def test_fault_02_the_all_clear_that_overtakes_its_alarm_starts_nothing() -> None:
    all_clear = an_alarm(detail={"state": {"value": "OK", "timestamp": "2026-03-29T12:00:01.000+0000"}})
    with pytest.raises(BadSignal, match="not in state ALARM"):
        signal_from_event(all_clear, lyo_plan())


def test_fault_02_the_alarm_that_comes_after_its_all_clear_finds_a_region_that_serves() -> None:
    facts = observers(apps=[serving(IRELAND)])
    verdict = triage(facts, region=IRELAND, rules=Rules.of(lyo_plan(), 15), now=NOON, look_until=at(300))
    assert verdict.decision == "stood_down"


def test_fault_02_a_copy_delivered_later_carries_the_moment_of_the_alarm_not_of_its_delivery() -> None:
    names = {
        execution_name(signal_from_event(an_alarm(time=time), lyo_plan()))
        for time in ("2026-03-29T12:00:07Z", "2026-03-29T21:00:00Z")
    }
    assert names == {"region-eu-west-1-20260329T120000"}
