"""What is expected of a region that comes back: each holds for the record it describes, and misses every other."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from drills.results.expect import Expectation
from drills.results.record import Recorded
from drills.scenarios.region_loss import region_return
from drills.scenarios.region_loss.region_return import FINDING, Return
from tests.drills.recorded_drill import FAULT, IRELAND, OREGON, booking, measured, recovered

LOST, KEPT, AGAIN = booking(1, -0.3), booking(2, -2), booking(3, 9)
UNTOLD = booking(4, -0.1, ok=False)
"""Committed when its region died, before the client could be told."""


def written(*attempts: Any, after: float = -1.0) -> tuple[tuple[str, datetime], ...]:
    return tuple((attempt.id, datetime.fromtimestamp(FAULT + after, UTC)) for attempt in attempts)


def story(**changes: Any) -> Recorded:
    """One booking was lost and one was never told of; Ireland came back twenty seconds later and was fenced."""
    found: dict[str, Any] = {
        "at": FAULT + 20,
        "confirmed": True,
        "rows": written(LOST, KEPT, UNTOLD),
        "divergent": frozenset({LOST.id, UNTOLD.id}),
        "app_refused": True,
        "active": {IRELAND: OREGON, OREGON: OREGON},
        "leads_home": False,
    }
    told = recovered(attempts=(KEPT, LOST, UNTOLD, AGAIN), rows=written(KEPT, AGAIN))
    return dataclasses.replace(told, found={FINDING: Return(**{**found, **changes})})


def misses(ask: Expectation, recorded: Recorded) -> list[str]:
    return ask(recorded, measured(recorded), recorded.plan.objectives)


ALL = {
    "fenced": region_return.fenced(),
    "stayed": region_return.stayed(),
    "untouched": region_return.untouched(),
    "divergence told": region_return.divergence_told(),
}


@pytest.mark.parametrize("ask", ALL.values(), ids=ALL.keys())
def test_a_return_that_went_well_misses_nothing(ask: Expectation) -> None:
    assert misses(ask, story()) == []


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "not confirmed": ("fenced", {"confirmed": False}, "not fenced: confirmed False, app refused True"),
    "an open database": ("fenced", {"app_refused": False}, "not fenced: confirmed True, app refused False"),
    "the name went back": ("stayed", {"leads_home": True}, "moved back"),
    "two active regions": ("stayed", {"active": {IRELAND: IRELAND, OREGON: OREGON}}, "moved back"),
    "a late booking": ("untouched", {"rows": written(KEPT, after=21)}, "1 bookings reached the deposed database"),
    "a row too few": (
        "divergence told",
        {"divergent": frozenset({UNTOLD.id})},
        "1 rows are listed, 2 exist only there",
    ),
    "a row too many": (
        "divergence told",
        {"divergent": frozenset({LOST.id, UNTOLD.id, KEPT.id})},
        "3 rows are listed, 2 exist only there; the listed rows are not the bookings the client lost",
    ),
}


@pytest.mark.parametrize(("ask", "changes", "miss"), BAD.values(), ids=BAD.keys())
def test_anything_else_is_missed_in_a_sentence(ask: str, changes: dict[str, Any], miss: str) -> None:
    (sentence,) = misses(ALL[ask], story(**changes))
    assert miss in sentence


@pytest.mark.parametrize("ask", ["fenced", "stayed"])
def test_a_region_that_never_came_back_shows_nothing(ask: str) -> None:
    assert misses(ALL[ask], recovered())


def test_a_drill_that_lost_nothing_measured_no_divergence() -> None:
    nothing = dataclasses.replace(story(), rows=written(KEPT, LOST, UNTOLD, AGAIN))
    assert "nothing was lost, so nothing was measured" in misses(ALL["divergence told"], nothing)[0]
