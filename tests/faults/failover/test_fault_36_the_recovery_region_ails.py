"""Fault 36: the region that should take over ails itself."""

from __future__ import annotations

from tests.unit.builders import a_probe
from tests.unit.probes import judged


def test_fault_36_a_recovery_region_whose_own_endpoint_is_silent_says_so_and_promotes_nothing() -> None:
    verdict = judged(own=a_probe())
    assert (verdict.finding, verdict.decision) == ("cut_off", "ask")
    assert any(line.startswith("AWS endpoint here did not respond") for line in verdict.evidence)


def test_fault_36_the_twin_an_error_of_our_own_endpoint_is_an_answer() -> None:
    assert judged(own=a_probe(500)).decision == "act"
