"""The page on the rehearsal tells of every correction, and of tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_aws import patches
from local_aws.data_plane import moto_patches as of_moto

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "rehearsal.md").read_text(encoding="utf-8")
ROWS = {row.group(1): row.group(0) for row in re.finditer(r"^\| `(\w+)` \|.*$", PAGE, re.MULTILINE)}


def _tests(text: str) -> set[str]:
    return set(re.findall(r"`(?:[\w/]*/)?(test_\w+\.py)`", text))


def test_every_correction_has_its_row_and_every_row_its_correction() -> None:
    assert sorted(ROWS) == sorted(patches.NAMES)


@pytest.mark.parametrize("name", patches.NAMES)
def test_the_row_of_a_correction_names_a_test(name: str) -> None:
    assert _tests(ROWS[name])


def _rows_of_moto(module: str) -> list[str]:
    return [line for line in PAGE.splitlines() if line.startswith("| `") and f"`{module}.py`" in line.split("|")[1]]


@pytest.mark.parametrize("module", of_moto.REQUIRES)
def test_every_correction_of_moto_has_a_row_that_names_a_test(module: str) -> None:
    assert (ROOT / "rehearsal" / "data" / f"{module}.py").exists()
    assert all(_tests(row) for row in _rows_of_moto(module))
    assert _rows_of_moto(module)


def test_every_module_that_changes_moto_says_what_it_relies_on() -> None:
    """Not the server of its API, which changes nothing."""
    places = (ROOT / "rehearsal" / "data").glob("*.py")
    using = {place.stem for place in places if re.search(r"^from moto\.", place.read_text(), re.MULTILINE)}
    assert using - {"api"} <= set(of_moto.REQUIRES)


def test_the_tests_it_names_exist() -> None:
    existing = {path.name for path in (ROOT / "tests" / "rehearsal").rglob("test_*.py")}
    assert _tests(PAGE) - existing == set()


def test_the_places_it_names_exist() -> None:
    places = set(re.findall(r"`((?:rehearsal|tests)/[\w./]+)`", PAGE))
    assert [place for place in sorted(places) if not (ROOT / place).exists()] == []


def test_the_figures_it_names_are_set_there() -> None:
    named = re.findall(r"((?:`_?\w+`(?:, )?)+) in `(rehearsal/[\w/]+\.py)`", PAGE)
    assert named
    for words, place in named:
        code = (ROOT / place).read_text(encoding="utf-8")
        assert [word for word in re.findall(r"`(\w+)`", words) if word not in code] == []
