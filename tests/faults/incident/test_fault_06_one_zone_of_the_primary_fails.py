"""Fault 6: one availability zone fails, and RDS fails over by itself within one or two minutes."""

from __future__ import annotations

import pytest

from tests.unit.builders import a_probe, silent_looks
from tests.unit.probes import judged


@pytest.mark.parametrize("seconds", [20, 60, 120])
def test_fault_06_silence_that_a_failover_between_zones_explains_is_looked_at_again(seconds: float) -> None:
    verdict = judged(samples=silent_looks(since=seconds), time_left=60)
    assert (verdict.finding, verdict.decision) == ("unclear", "look_again")


def test_fault_06_the_database_is_down_and_the_app_says_so() -> None:
    verdict = judged(apps=[a_probe(503, database="down")], witness=a_probe(200), time_left=60)
    assert verdict.decision == "stood_down", "the region lives; its database has alarms of its own"


def test_fault_06_the_twin_whose_region_says_nothing_for_itself_is_looked_at_again() -> None:
    assert judged(apps=[a_probe(503, database="down")], time_left=60).decision == "look_again"


def test_fault_06_the_twin_silence_that_lasts_longer_is_a_lost_region() -> None:
    assert judged(samples=silent_looks(since=160)).decision == "act"
