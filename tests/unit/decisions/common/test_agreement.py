"""For how long have the observers agreed? Looks that agree, that contradict, that abstain, and those nobody made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.common.agreement import agreement, carried_on, longest_gap, outage_no_later_than, sample_of
from lyo_dr.model.facts import Sample
from tests.plans import lyo_plan
from tests.unit.builders import NOON, a_look, a_probe, at, given_replica, observers, silent_looks, unread_replica

GAP = timedelta(seconds=30)
ALIVE: dict[str, Any] = {"app": True, "seconds": 0.1}
BLIND: dict[str, Any] = {"neutral": False}


def agreed(samples: list[Sample]) -> tuple[float, int]:
    found = agreement(samples, now=NOON, gap=GAP)
    return found.seconds, found.looks


STORIES: dict[str, tuple[list[Sample], tuple[float, int]]] = {
    "nobody looked": ([], (0.0, 0)),
    "silent since five minutes": (silent_looks(), (295.0, 30)),
    "one look just now": ([a_look(5)], (5.0, 1)),
    "one look long ago": ([a_look(100)], (0.0, 0)),
    "alive until a minute ago": ([a_look(70, **ALIVE), *silent_looks(since=60)], (55.0, 6)),
    "alive in between": ([*silent_looks(), a_look(31, **ALIVE)], (25.0, 3)),
    "alive just now": ([*silent_looks(), a_look(1, **ALIVE)], (0.0, 0)),
    "a replica heard it in between": ([*silent_looks(), a_look(31, heard_at=at(-32))], (32.0, 31)),
    "a replica heard it just now": ([*silent_looks(), a_look(4, heard_at=at(-1))], (1.0, 31)),
    "a replica heard it before": ([a_look(45, heard_at=at(-50)), *silent_looks(since=35)], (45.0, 5)),
    "the witness answered in between": ([*silent_looks(), a_look(31, witness=True)], (25.0, 3)),
    "our own view failed once": ([*silent_looks(since=15), a_look(28, **BLIND), a_look(40)], (40.0, 3)),
    "the app answered while a neutral region did not": ([*silent_looks(), a_look(31, app=True, **BLIND)], (25.0, 3)),
    "the witness answered while a neutral region did not": (
        [*silent_looks(), a_look(31, witness=True, **BLIND)],
        (25.0, 3),
    ),
    "our own view failed all the time": ([a_look(5 + 10 * n, **BLIND) for n in range(20)], (0.0, 0)),
    "a gap that is short enough": ([a_look(5), a_look(40)], (40.0, 2)),
    "a gap that is too long": ([a_look(5), a_look(41)], (5.0, 1)),
    "a look from the future counts for nothing": ([a_look(-3600), a_look(5)], (5.0, 1)),
    "an all-clear from the future counts for nothing": ([a_look(-1, **ALIVE), a_look(5)], (5.0, 1)),
}


@pytest.mark.parametrize(("samples", "expected"), STORIES.values(), ids=STORIES.keys())
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "in disorder"])
def test_the_agreement_is_the_unbroken_run_up_to_now(
    samples: list[Sample], expected: tuple[float, int], turned: bool
) -> None:
    assert agreed(samples[::-1] if turned else samples) == expected


def test_fault_42_a_look_that_seems_to_end_after_now_claims_no_time_that_has_not_passed() -> None:
    assert agreed([a_look(2, seconds=9.0)]) == (2.0, 1)


def test_the_time_of_the_outage_is_the_end_of_the_first_silent_look_however_late_somebody_noticed() -> None:
    noticed = at(0)
    assert outage_no_later_than(noticed, silent_looks(since=300), now=NOON, gap=GAP) == at(-290)


def test_its_twin_a_signal_that_is_earlier_than_every_silent_look_stands() -> None:
    assert outage_no_later_than(at(-299), silent_looks(since=300), now=NOON, gap=GAP) == at(-299)
    assert outage_no_later_than(at(-7), [], now=NOON, gap=GAP) == at(-7)


def test_since_when_a_region_is_silent_outlives_the_looks_that_are_forgotten() -> None:
    kept: list[Sample] = []
    for ago in range(7200, 0, -10):
        kept = [*kept, carried_on(a_look(ago), kept, gap=GAP)][-60:]
    assert len(kept) == 60
    assert outage_no_later_than(NOON, kept, now=NOON, gap=GAP) == at(-7195)


def test_its_twin_a_region_that_answered_begins_anew() -> None:
    kept = [carried_on(a_look(50), [], gap=GAP)]
    kept.append(carried_on(a_look(40, **ALIVE), kept, gap=GAP))
    assert kept[-1].silent_by is None
    assert carried_on(a_look(30), kept, gap=GAP).silent_by == at(-25)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"app": False, "witness": False, "own": True, "neutral": True, "heard_at": at(-60)}),
        ({"apps": [a_probe(), a_probe(503)]}, {"app": True}),
        ({"neutral": a_probe()}, {"neutral": False}),
        ({"replicas": [given_replica(), given_replica(silent_for=1)]}, {"heard_at": at(-1)}),
        ({"replicas": [given_replica(receiving=True, received_at=at(-3))]}, {"heard_at": at(-3)}),
        ({"replicas": [given_replica(receiving=False, received_at=at(-3))]}, {"heard_at": at(-60)}),
        ({"replicas": [unread_replica()]}, {"heard_at": None}),
        ({"replicas": [unread_replica(), given_replica(silent_for=1)]}, {"heard_at": at(-1)}),
        ({"replicas": []}, {"heard_at": None}),
        ({"witness": a_probe(0, seconds=4.5)}, {"witness": False, "seconds": 4.5, "silent_by": NOON}),
        ({"apps": [a_probe(0, seconds=5.0), a_probe(0, seconds=0.1)]}, {"silent_by": at(0.1)}),
        ({"apps": [a_probe(0, seconds=0.1), a_probe(503)]}, {"silent_by": None}),
    ],
)
def test_a_sample_says_in_few_words_what_was_seen(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    facts = observers(**changes)
    sample = sample_of(facts.probes, facts.replicas, at=NOON)
    assert {name: getattr(sample, name) for name in expected} == expected


def test_a_gap_covers_the_looks_of_an_incident_where_the_watcher_is_silent() -> None:
    assert longest_gap(lyo_plan()) == timedelta(seconds=30)
    assert longest_gap(lyo_plan(timing__poll="PT40S")) == timedelta(seconds=80)
