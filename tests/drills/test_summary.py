"""The summary in the terminal: what the drill was, by name, and how its outage is held."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from drills.results.summary import print_summary
from tests.drills.report.drills_of_each_kind import BREACH, FAILOVER, KINDS, RESTORE, ROTATION, result_of


def printed(result: dict[str, Any]) -> str:
    text = io.StringIO()
    print_summary(Console(file=text, width=200), result, Path("results/x/drill.json"))
    return " ".join(text.getvalue().split())


def test_a_failover_states_the_rto_in_its_own_scale_and_the_model_beside_the_plans() -> None:
    text = printed(result_of(FAILOVER))
    assert "Outage, seen by clients 17.6 s, from the first failed request (RTO 4 h)" in text
    assert "RTO in the drill's scale 1 min 19 s; 22 % of it used" in text
    assert "AWS, by a model, not measured 18 min; between 11 min and 42 min (RTO 4 h)" in text


@pytest.mark.parametrize(
    ("rto", "said"),
    [
        (1_100.0, "(RTO 18 min 20 s)"),
        (900.0, "(RTO 15 min, exceeded typically)"),
        (600.0, "(RTO 10 min, exceeded even favourably)"),
    ],
)
def test_an_rto_that_aws_would_exceed_is_named_although_the_drill_met_it(rto: float, said: str) -> None:
    result = result_of(FAILOVER)
    result["target"]["rto"] = rto
    assert said in printed(result).split("by a model, not measured")[1]


def test_a_restore_tells_its_moment_its_rows_and_its_replays() -> None:
    text = printed(result_of(RESTORE))
    assert "Restored to 2027-01-15 07:59:59 UTC, 1 s before the fault" in text
    assert "replayable 394 conflicting 15 deleted 0 damage 204" in text
    assert "Replay 1 394 written, 0 already present, 1 skipped, 0 refused" in text
    assert "predicted" not in text
    assert "to the lost region" not in text


def test_a_breach_tells_when_its_milestones_were_reached() -> None:
    text = printed(result_of(BREACH))
    assert "Breach: thrown out after 9.9 s" in text
    assert "Breach: preserved" not in text
    assert "RTO" not in text


def test_a_model_without_a_figure_says_so() -> None:
    result = result_of(RESTORE)
    result["modelled"]["total"] = None
    result["modelled"]["parts"][0]["seconds"] = None
    assert "AWS, by a model, not measured no total: no figure for stop the damage" in printed(result)


@pytest.mark.parametrize("name", [name for name in KINDS if name != "nothing recorded"])
def test_every_kind_can_be_printed(name: str) -> None:
    assert printed(result_of(KINDS[name])).startswith("PASSED")


def test_a_rotation_is_held_against_no_rto() -> None:
    assert "RTO" not in printed(result_of(ROTATION))
