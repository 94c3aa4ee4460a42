"""Figures in the log: the format CloudWatch takes them from, one line each, and no call."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from lyo_dr.adapters import metrics

FIGURES = {
    "IncidentSeconds": metrics.incident_ended,
    "PredictedLossSeconds": metrics.loss_predicted,
    "RotationSeconds": metrics.rotation_ended,
}


@pytest.mark.parametrize(("name", "write"), FIGURES.items(), ids=FIGURES.keys())
def test_a_figure_is_one_line_with_its_name_unit_and_outcome(
    name: str, write: Callable[[str, float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    write("recovered", 12.5)
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    (definition,) = found["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "LyoDr"
    assert definition["Metrics"] == [{"Name": name, "Unit": "Seconds"}]
    assert "Outcome" in definition["Dimensions"][0]
    assert found["Outcome"] == "recovered"
    assert found[name] in (12.5, [12.5])


def test_one_figure_says_nothing_of_the_one_before(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.incident_ended("failed", 1.0)
    metrics.rotation_ended("rotated", 2.0)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "IncidentSeconds" not in last
    assert last["Outcome"] == "rotated"
