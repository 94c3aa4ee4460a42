"""What a sentence states is read back, whatever its unit."""

from __future__ import annotations

from typing import Any

import pytest

from drills.results.stated_durations import seconds_after, stated_at_most
from drills.scenarios.restore.dead_instance_expectations import rds_had_its_turn
from lyo_dr.model.durations import humanize
from tests.drills.recorded_drill import line, measured, recovered


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("for 0 s", 0.0),
        ("for 40 ms, then", 0.04),
        ("for 0.4 s", 0.4),
        ("for 12 s of the required 1 min", 12.0),
        ("for 5 min 30 s, longer", 330.0),
        ("for 1 h 5 min", 3900.0),
        ("for 2 days 5 h", 190_800.0),
        ("for 5 minutes", None),
        ("for long; 5 s", None),
    ],
)
def test_a_duration_after_its_phrase(said: str, seconds: float | None) -> None:
    found = seconds_after("for", f"unresponsive {said}")
    assert found == (seconds if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("seconds", [0.0, 0.004, 0.4, 1.0, 12.3, 59.9, 60.0, 90.0, 330.0, 3600.0, 7500.0, 172_800.0])
def test_what_is_written_is_read_back(seconds: float) -> None:
    assert seconds_after("the last", f"the last {humanize(seconds)} before it") == pytest.approx(seconds)


def _silent_for(*spans: str) -> dict[str, Any]:
    sentence = "bookings has lost its instance: unresponsive for {}, longer than a Multi-AZ failover takes"
    looks = [line("TriageDatabase", "Not confirmed for bookings: it is the maintenance window of RDS")]
    return {"timeline": (*looks, *(line("TriageDatabase", sentence.format(span)) for span in spans))}


@pytest.mark.parametrize(("spans", "missed"), [(["2 min 30 s"], 0), (["59 s"], 1), (["1 h"], 0), ([], 1)])
def test_rds_gets_its_turn_whatever_the_unit(spans: list[str], missed: int) -> None:
    record = recovered(**_silent_for(*spans))
    assert record.plan.policy.agreement.total_seconds() == 150
    assert len(rds_had_its_turn()(record, measured(record), record.plan.objectives)) == missed


@pytest.mark.parametrize(("span", "missed"), [("400 ms", 0), ("5.4 s", 0), ("5.5 s", 1), ("5 min", 1), ("long", 1)])
def test_a_stated_duration_has_a_limit(span: str, missed: int) -> None:
    record = recovered(timeline=(line("AdvanceDelayed", f"x is promoted at y: the last {span} before it"),))
    ask = stated_at_most("AdvanceDelayed", "is promoted at .*: the last", 5.4)
    assert len(ask(record, measured(record), record.plan.objectives)) == missed
