"""Fault 4: our own view is cut off, and the primary is well."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.builders import a_look, a_probe
from tests.unit.probes import judged

CUT: dict[str, dict[str, Any]] = {
    "the neutral region is silent": {"neutral": a_probe()},
    "our own endpoint is silent": {"own": a_probe()},
    "everything is silent": {"neutral": a_probe(), "own": a_probe()},
}


@pytest.mark.parametrize("seen", CUT.values(), ids=CUT.keys())
def test_fault_04_who_sees_nothing_promotes_nothing_and_asks_a_person(seen: dict[str, Any]) -> None:
    assert judged(time_left=60, **seen).decision == "look_again"
    verdict = judged(**seen)
    assert (verdict.finding, verdict.decision) == ("cut_off", "ask")


def test_fault_04_looks_without_a_view_of_their_own_are_no_agreement() -> None:
    blind = [a_look(5 + 10 * number, neutral=False) for number in range(30)]
    verdict = judged(samples=[*blind, a_look(5)])
    assert (verdict.finding, verdict.decision) == ("unclear", "ask")


def test_fault_04_the_twin_a_view_that_works_may_act() -> None:
    assert judged().decision == "act"
