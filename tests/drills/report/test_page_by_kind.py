"""A report tells what its drill was: each kind has its own headline, figures, lanes and sections."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from drills.report.html import render
from drills.report.lane_names import GROUPS, LANE_OF
from drills.report.reading import clean
from drills.results.record import Recorded
from tests.drills.report.drills_of_each_kind import (
    BREACH,
    FAILOVER,
    NEVER,
    QUIET,
    RESTORE,
    ROTATION,
    page_of,
    result_of,
)

HEADLINES: dict[str, tuple[Recorded, str]] = {
    "failover": (FAILOVER, "Recovered in 17.6 s, 1 booking lost; both targets met."),
    "failover that never recovers": (NEVER, "As this drill expects: clients got no answer again, 8 bookings lost."),
    "restore": (
        RESTORE,
        "Restored to 07:59:59 UTC, 1 s before the fault; clients had no service for 7.1 s, 394 rows given back,",
    ),
    "breach": (
        BREACH,
        "The intruder was blocked after 2.5 s, thrown out after 9.9 s and proven to be locked out after 11.5 s;",
    ),
    "rotation": (
        ROTATION,
        "No former login is accepted, no secret was found outside its store; clients noticed no interruption",
    ),
    "quiet": (QUIET, "Nothing was promoted or moved; clients had no service for "),
}


@pytest.mark.parametrize(("drill", "sentence"), HEADLINES.values(), ids=list(HEADLINES))
def test_the_headline_tells_what_the_drill_was(drill: Recorded, sentence: str) -> None:
    assert sentence in page_of(drill)


FIGURES: dict[str, tuple[Recorded, tuple[str, ...]]] = {
    "failover": (
        FAILOVER,
        (
            *("Outage, seen by clients", "Loss, measured"),
            *("Loss, predicted at the gate", "Bookings lost"),
        ),
    ),
    "restore": (RESTORE, ("Outage, seen by clients", "Recovery point, UTC", "Rows given back", "Bookings lost")),
    "breach": (
        BREACH,
        ("Legal contacts notified", "Intruder blocked", "Intruder thrown out", "Proven to be locked out"),
    ),
    "rotation": (ROTATION, ("Outage, seen by clients", "Former logins accepted", "Secrets found elsewhere")),
    "quiet": (QUIET, ("Outage, seen by clients", "Bookings lost")),
}


@pytest.mark.parametrize(("drill", "names"), FIGURES.values(), ids=list(FIGURES))
def test_the_figures_are_those_of_the_kind(drill: Recorded, names: tuple[str, ...]) -> None:
    page = page_of(drill)
    assert all(f"<h2>{name}</h2>" in page for name in names)


FAILOVER_ONLY = (
    "Waiting that no implementation could leave out",
    "Seen from outside the product",
    "of these to the lost region",
    "Attempts to fence the lost region",
    "may be impaired just when a region is lost",
)


@pytest.mark.parametrize("words", FAILOVER_ONLY)
def test_what_belongs_to_a_lost_region_is_said_of_no_other_drill(words: str) -> None:
    assert words in page_of(FAILOVER)
    for drill in (RESTORE, BREACH, ROTATION, QUIET):
        assert words not in page_of(drill)


def test_nothing_is_called_never_where_nobody_looked() -> None:
    assert "<dd>never</dd>" not in "".join(page_of(drill) for drill in (RESTORE, BREACH, ROTATION, QUIET))
    assert "<dd>never</dd>" not in page_of(FAILOVER)


def test_a_breach_tells_when_its_milestones_were_reached() -> None:
    page = page_of(BREACH)
    assert "Seconds after the incident was opened:" in page
    for name, at in (("told", "0.70"), ("blocked", "2.50"), ("rotated", "8.50"), ("thrown out", "9.90")):
        assert f"<dt>{name}</dt><dd>+{at} s</dd>" in page
    assert "<dt>preserved</dt>" not in page


def test_a_restore_shows_its_ledger_and_its_replays() -> None:
    page = page_of(RESTORE)
    assert "of 394 replayable rows" in page
    assert "Left alone: 15 conflicting, 0 deleted, 204 damage. A second replay wrote 0." in page


def test_the_model_has_no_total_while_a_part_has_no_figure() -> None:
    late = dataclasses.replace(RESTORE.timeline[0], step="TriageDatabase", at=RESTORE.fault_at + 5.3)
    without = dataclasses.replace(RESTORE, timeline=(*RESTORE.timeline, late))
    assert "Within the recovery time objective of 4 h, by the model" in page_of(RESTORE)
    page = page_of(without)
    assert "There is no total: the model has no figure for triage of the instance." in page
    assert '<tfoot><tr><th scope="row">Outage' not in page


def test_calls_far_away_are_offenders_only_where_a_region_was_lost() -> None:
    far: dict[str, Any] = {"offenders": ["PreserveActions called cloudtrail:LookupEvents in us-east-1"]}
    breach, failover = result_of(BREACH), result_of(FAILOVER)
    for result in (breach, failover):
        result["calls"].update(far)
    assert 'class="offender"' not in render(breach)
    assert 'class="offender"' in render(failover)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("CredentialAccess:IAMUser/AnomalousBehavior of severity 8", False),
        ("UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration: of severity 8", False),
        ("credential: hunter2", True),
        ("credentials=hunter2", True),
        ("aws_credential_value: hunter2", True),
        ("CredentialId=hunter2", True),
    ],
)
def test_a_type_of_finding_is_no_credential(text: str, hidden: bool) -> None:
    assert ("(hidden)" in clean(text)) is hidden
    assert "hunter2" not in clean(text)


def test_every_step_of_the_product_has_a_lane_with_a_name() -> None:
    steps = Path(__file__).resolve().parents[3] / "lambdas" / "lyo_dr" / "steps"
    names = {
        "".join(word.capitalize() for word in path.stem.split("_"))
        for path in steps.glob("*/*.py")
        if path.stem != "__init__"
    }
    assert names - set(LANE_OF) == set()
    listed = [step for _, group in GROUPS for step in group]
    assert len(listed) == len(set(listed))
