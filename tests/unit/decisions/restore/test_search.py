"""A search for the moment: what is restored to be thrown away next, and what counts in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.restore.search import best, conclude, narrowed, next_round, suspect, to_search
from lyo_dr.model.plan import Restore
from lyo_dr.model.restore import RecoveryPoint, RestoreRequest, Target
from lyo_dr.model.search import Bracket, Observation, Probe
from tests.unit.builders import NOON, at
from tests.unit.decisions.restore_builders import COUNT, ORPHANS, a_change, a_run, readings, the_evidence

CHECKS = [COUNT, ORPHANS]
BAD = "orphans: 3 instead of 0"
RULES = Restore(max_restores=7, search_at_once=3, search_budget=timedelta(hours=1), search_resolution=timedelta(0))
BRACKET = Bracket(good=at(-300), bad=at(0), changed=[BAD])
GUESS = RecoveryPoint(
    status="chosen", sentence="Restoring to then", target=Target(kind="moment", at=at(-301)), evidence=["a run"]
)


def a_look(number: int, seconds: float, result: Any, *faults: str) -> Observation:
    probe = Probe(number=number, at=at(seconds))
    return Observation(probe=probe, instance=f"probe-{number}", begun=at(60), result=result, faults=list(faults))


def go_on(*looks: Observation, now: float = 60, bracket: Bracket = BRACKET, **rules: Any) -> Any:
    rules_here = msgspec.structs.replace(RULES, **rules)
    return next_round(bracket, list(looks), rules_here, begun=NOON, now=at(now))


# -- what is searched --------------------------------------------------------------------------------------
def test_the_last_good_run_and_the_first_bad_look_after_it_are_the_bracket() -> None:
    found = suspect(CHECKS, the_evidence(), [a_run(-600), a_run(-300.5), a_run(-100.5, BAD), a_run(-10, "more")])
    assert found == Bracket(good=at(-301), bad=at(-100), changed=[BAD])


def test_where_no_run_has_noticed_it_yet_the_evidence_of_this_moment_is_the_bad_look() -> None:
    found = suspect(CHECKS, the_evidence(readings=readings(orphans=3)), [a_run(-300)])
    assert found == Bracket(good=at(-300), bad=at(0), changed=[BAD])


@pytest.mark.parametrize(
    ("evidence", "runs"),
    [
        (the_evidence(readings=readings(orphans=3)), []),
        (the_evidence(readings=readings()), [a_run(-300)]),
        (the_evidence(at=None, error="DatabaseUnreachable"), [a_run(-300)]),
    ],
    ids=["never good", "nothing deviates", "no answer, and no bad run"],
)
def test_without_a_good_and_a_bad_look_nothing_can_be_searched(evidence: Any, runs: Any) -> None:
    assert suspect(CHECKS, evidence, runs) is None


def asked(
    verdict: RecoveryPoint = GUESS,
    wish: RestoreRequest | None = None,
    evidence: Any = None,
    runs: Any = None,
    **rules: Any,
) -> RecoveryPoint:
    evidence = evidence or the_evidence(readings=readings(orphans=3))
    rules_here = msgspec.structs.replace(RULES, **rules)
    return to_search(verdict, wish or RestoreRequest(), CHECKS, evidence, runs or [a_run(-300)], rules_here)


def test_what_an_alarm_of_a_dead_instance_says_of_itself_names_no_moment() -> None:
    """Its data was damaged before it died, so that it does not ask for the latest."""
    assert asked(wish=RestoreRequest(why="its instance is dead")).search == BRACKET


def test_a_moment_that_is_only_the_last_good_run_is_searched_and_says_so() -> None:
    verdict = asked()
    assert verdict.search == Bracket(good=at(-300), bad=at(0), changed=[BAD])
    assert verdict.target == GUESS.target
    assert verdict.sentence.endswith("the damage lies within 5 min after that: searching it with temporary restores")


@pytest.mark.parametrize(
    "changes",
    [
        {"wish": RestoreRequest(restore_to=at(-60))},
        {"wish": RestoreRequest(latest=True)},
        {"wish": RestoreRequest(snapshot="before")},
        {"evidence": the_evidence(a_change(-60), readings=readings(orphans=3))},
        {"verdict": RecoveryPoint(status="refused", sentence="Nothing says when")},
        {"evidence": the_evidence(readings=readings())},
        {"search_budget": timedelta(0)},
        {"max_restores": 1},
        {"search_resolution": timedelta(minutes=5)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_twins_nothing_is_searched(changes: dict[str, Any]) -> None:
    assert asked(**changes).search is None


def test_where_nothing_deviates_it_says_why_it_does_not_search() -> None:
    assert asked(evidence=the_evidence(readings=readings())).evidence[-1] == (
        "no integrity query deviates, so a search cannot tell good from damaged"
    )


# -- what is restored next ---------------------------------------------------------------------------------
def test_the_first_round_is_spread_evenly_between_good_and_damaged() -> None:
    verdict = go_on()
    assert verdict.status == "probe"
    assert [(probe.number, probe.at) for probe in verdict.probes] == [(1, at(-225)), (2, at(-150)), (3, at(-75))]
    assert verdict.sentence == (
        "Good at 11:55:00, damaged at 12:00:00, 5 min apart; temporary restores at 11:56:15, 11:57:30, 11:58:45 UTC"
    )


FIRST = (a_look(1, -225, "good"), a_look(2, -150, "damaged", "worse"), a_look(3, -75, "damaged", BAD))


def test_the_next_round_lies_in_the_gap_the_first_one_left() -> None:
    assert [(probe.number, probe.at) for probe in go_on(*FIRST).probes] == [(4, at(-207)), (5, at(-188)), (6, at(-169))]


@pytest.mark.parametrize(
    ("looks", "left"),
    [
        ((), (-300, 0)),
        ((a_look(1, -225, "good"), a_look(2, -150, "good")), (-150, 0)),
        ((a_look(1, -225, "damaged"), a_look(2, -150, "damaged")), (-300, -225)),
        ((a_look(1, -225, "damaged"), a_look(2, -150, "good")), (-300, -225)),
        ((a_look(1, -225, "lost"), a_look(2, -150, "damaged")), (-300, -150)),
        ((a_look(1, -225, "pending"),), (-300, 0)),
    ],
    ids=["none", "all good", "all damaged", "good after damaged counts for nothing", "lost says nothing", "cut off"],
)
def test_what_is_left_after_a_round(looks: tuple[Observation, ...], left: tuple[float, float]) -> None:
    found = narrowed(BRACKET, looks)
    assert (found.good, found.bad) == (at(left[0]), at(left[1]))


def test_what_changed_is_what_the_first_damaged_look_deviates_in() -> None:
    assert narrowed(BRACKET, FIRST).changed == ["worse"]


def test_a_round_never_takes_more_than_the_plan_has_left_and_spares_one_for_the_database() -> None:
    assert len(go_on(max_restores=3).probes) == 2
    assert len(go_on(*FIRST, max_restores=6).probes) == 2
    done = go_on(*FIRST, max_restores=4)
    assert (done.status, done.probes) == ("done", [])
    assert done.sentence.endswith("the limit of 3 restores is reached")


def test_it_ends_with_the_budget() -> None:
    assert go_on(*FIRST, now=3599).status == "probe"
    done = go_on(*FIRST, now=3600)
    assert (done.status, done.sentence.rpartition(": ")[2]) == ("done", "the budget of 1 h is used up")


def test_it_ends_when_it_is_near_enough() -> None:
    assert go_on(*FIRST, search_resolution=timedelta(seconds=74)).status == "probe"
    assert go_on(*FIRST, search_resolution=timedelta(seconds=75)).sentence.endswith("1 min 15 s apart: precise enough")


def test_between_two_neighbouring_seconds_there_is_nothing_to_restore() -> None:
    assert go_on(bracket=Bracket(good=at(-1), bad=at(0))).status == "done"
    assert [probe.at for probe in go_on(bracket=Bracket(good=at(-2), bad=at(0))).probes] == [at(-1)]


# -- what counts in the end --------------------------------------------------------------------------------
def test_the_last_good_restore_is_the_moment_and_its_instance_is_kept() -> None:
    assert best(BRACKET, FIRST) == FIRST[0]
    found = conclude(BRACKET, list(FIRST), RULES, size="db.r6g.large", begun=NOON, now=at(1860))
    assert (found.at, found.instance, found.restores) == (at(-225), "probe-1", 3)
    assert found.sentence == (
        "Good at 2026-03-29 11:56:15 UTC (probe-1 shows it), damaged at 11:57:30: "
        "3 temporary restores, 1.50 instance-hours of db.r6g.large, 31 min, the plan's limit"
    )
    assert found.evidence == [
        "the search: 3 temporary restores, 1.50 instance-hours of db.r6g.large, 31 min",
        "good at 11:56:15",
        "damaged at 11:57:30, 11:58:45",
        "what changed by 11:57:30: worse",
    ]


def test_where_no_restore_was_good_the_last_good_run_counts() -> None:
    looks = [a_look(1, -225, "damaged", BAD), a_look(2, -150, "lost")]
    found = conclude(BRACKET, looks, RULES, size="db.r6g.large", begun=NOON, now=at(60))
    assert (found.at, found.instance) == (at(-300), None)
    assert "the last good check; no restore was good" in found.sentence
    assert "no result at 11:57:30" in found.evidence
