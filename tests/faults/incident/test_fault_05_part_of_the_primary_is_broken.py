"""Fault 5: the service is broken, not the region; its database lives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.builders import a_probe, given_replica
from tests.unit.probes import judged

BROKEN: dict[str, dict[str, Any]] = {
    "two requests in five fail, this one did": {"apps": [a_probe(500)]},
    "the load balancer is gone, the database is heard": {"replicas": [given_replica(silent_for=1)]},
    "the app is gone, its region answers": {"witness": a_probe(200)},
    "the app answers, its database is down": {"apps": [a_probe(503, database="down")]},
}


@pytest.mark.parametrize("seen", BROKEN.values(), ids=BROKEN.keys())
def test_fault_05_a_broken_service_is_held_for_repair_and_nothing_is_promoted(seen: dict[str, Any]) -> None:
    verdict = judged(**seen)
    assert (verdict.finding, verdict.decision) == ("service_broken", "held")


def test_fault_05_the_veto_stands_against_everybody_and_nobody_is_asked() -> None:
    heard = [given_replica(silent_for=0.5)]
    assert judged(replicas=heard).decision == "held", "not even a person may promote beside a living primary"


def test_fault_05_the_twin_nothing_lives_any_more() -> None:
    assert judged(apps=[a_probe()], replicas=[given_replica(silent_for=200)]).decision == "act"
