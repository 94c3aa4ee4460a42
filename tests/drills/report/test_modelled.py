"""Measured and modelled on the page: side by side, labelled, never one figure made of both."""

from __future__ import annotations

import re

import pytest

from drills.report.html import render
from drills.report.modelled import minutes, read
from drills.report.reading import Reader
from tests.drills.report.results import passed


def test_each_part_shows_what_was_measured_apart_from_what_is_modelled() -> None:
    found = read(Reader(passed()))
    assert found is not None
    (row,) = found.rows
    assert row.measured.endswith("\u00a0s")
    assert (row.low, row.typical, row.high) == ("5.0", "10.2", "30.4")


def test_the_total_is_held_against_the_target_in_words() -> None:
    found = read(Reader(passed()))
    assert found is not None
    assert found.verdict == (
        "Within the recovery time objective of 15\u00a0min, by the model, only favourably and typically."
    )


def test_without_a_first_answer_the_model_has_no_total() -> None:
    result = passed()
    result["modelled"] = {**result["modelled"], "total": None}
    found = read(Reader(result))
    assert found is not None
    assert found.total is None
    assert "no total" in found.verdict


def test_a_result_of_an_earlier_version_has_no_model_and_no_such_section() -> None:
    result = passed()
    del result["modelled"]
    assert "Measured here, and modelled for AWS" not in render(result)


def test_the_page_calls_it_a_model_and_names_every_source() -> None:
    page = render(passed())
    section = re.search(r'<section class="modelled".*?</section>', page, re.S)
    assert section is not None
    for told in ("A model, not a measurement", "no forecast", "Amazon RDS User Guide", "numbers are our reading"):
        assert told in section[0]


@pytest.mark.parametrize(("seconds", "told"), [(None, "unknown"), (0.0, "0.0"), (3.0, "< 0.1"), (90.0, "1.5")])
def test_the_model_speaks_in_minutes_with_one_decimal(seconds: float | None, told: str) -> None:
    assert minutes(seconds) == told


def test_a_step_nobody_knows_that_speaks_before_the_first_change_is_evidence_and_has_a_lane_of_its_own() -> None:
    result = passed()
    lines = result["incident"]["timeline"]
    lines.insert(3, {"at": lines[2]["at"], "step": "JudgeAgreement", "sentence": "Three observers agreed for 150 s"})
    page = render(result)
    evidence = re.search(r'<ol class="evidence">.*?</ol>', page, re.S)
    assert evidence is not None
    assert "Three observers agreed for 150 s" in evidence[0]
    assert ">JudgeAgreement</text>" in page
    assert "Notified stakeholders" not in evidence[0]
