"""How much of a stage's time was a pause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.decisions.common.pause import KEPT, PauseSpan, begun, ended, paused_between
from tests.unit.builders import at

SHARES: dict[str, tuple[list[PauseSpan], float]] = {
    "never": ([], 0),
    "inside": ([PauseSpan(at(10), at(40))], 30),
    "over before it began": ([PauseSpan(at(-60), at(0))], 0),
    "since before it began": ([PauseSpan(at(-60), at(20))], 20),
    "still": ([PauseSpan(at(70))], 30),
    "since before, and still": ([PauseSpan(at(-5))], 100),
    "twice": ([PauseSpan(at(10), at(20)), PauseSpan(at(50), at(80))], 40),
}


@pytest.mark.parametrize(("spans", "seconds"), SHARES.values(), ids=SHARES.keys())
def test_only_what_lies_inside_the_stage_counts(spans: list[PauseSpan], seconds: float) -> None:
    assert paused_between(spans, at(0), at(100)) == timedelta(seconds=seconds)


def test_a_second_pause_during_the_first_keeps_its_begin() -> None:
    assert begun(begun([], at(0)), at(10)) == [PauseSpan(at(0))]


def test_an_end_without_a_pause_changes_nothing() -> None:
    assert ended([], at(0)) == []
    assert ended([PauseSpan(at(0), at(1))], at(2)) == [PauseSpan(at(0), at(1))]


def test_only_the_last_ones_are_kept() -> None:
    spans: list[PauseSpan] = []
    for number in range(KEPT + 5):
        spans = ended(begun(spans, at(10 * number)), at(10 * number + 5))
    assert len(spans) == KEPT
    assert spans[-1] == PauseSpan(at(10 * (KEPT + 4)), at(10 * (KEPT + 4) + 5))
