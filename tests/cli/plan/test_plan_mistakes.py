"""Mistakes people make in a plan: each is answered by what is wrong, where, and what to write instead."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.plan_reader import UnusablePlan, check

FOLDER = Path(__file__).parent / "mistakes"
TABLES = ("newcomers.yaml", "others.yaml")


@cache
def _plan() -> str:
    return (FOLDER / "plan.yaml").read_text(encoding="utf-8")


def _mistakes() -> list[Any]:
    entries = [entry for name in TABLES for entry in yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))]
    return [pytest.param(entry, id=entry["mistake"]) for entry in entries]


def _said(path: Path) -> list[str]:
    try:
        found = check(path, "plan.yaml")
    except UnusablePlan as unusable:
        return unusable.faults
    return [f"{warning} (warning)" for warning in found.warnings]


def test_the_plan_without_a_mistake_is_taken_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(_plan(), encoding="utf-8")
    assert _said(tmp_path / "plan.yaml") == []


@pytest.mark.parametrize("entry", _mistakes())
def test_a_mistake_is_named_where_it_is_and_nothing_else_is(tmp_path: Path, entry: dict[str, Any]) -> None:
    """The whole output is compared: what follows from a mistake is not named beside it."""
    assert entry["old"] in _plan()
    (tmp_path / "plan.yaml").write_text(_plan().replace(entry["old"], entry["new"], 1), encoding="utf-8")
    assert _said(tmp_path / "plan.yaml") == [f"plan.yaml:{sentence}" for sentence in entry["says"]]


def test_every_answer_is_one_sentence_with_a_place() -> None:
    for entry in (parameter.values[0] for parameter in _mistakes()):
        (sentence,) = entry["says"]
        assert re.match(r"\d+:\d+: [^:]+: .", sentence)
        assert not re.search(r"Traceback|expected `|msgspec|<class|\n", sentence)


def test_the_tables_are_as_long_as_they_are_said_to_be() -> None:
    lengths = [len(yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))) for name in TABLES]
    assert lengths[0] == 110
    assert lengths[1] >= 100
    assert len({parameter.id for parameter in _mistakes()}) == sum(lengths)
