"""The page on the local AWS lists every patch, and of tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_aws import patches
from local_aws.data_plane import moto_patches as of_moto

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "local-aws.md").read_text(encoding="utf-8")
DRILLS = (ROOT / "docs" / "drills.md").read_text(encoding="utf-8")
ROWS = {row.group(1): row.group(0) for row in re.finditer(r"^\| `(\w+)` \|.*$", PAGE, re.MULTILINE)}


def _tests(text: str) -> set[str]:
    return set(re.findall(r"`(tests/[\w/]+\.py)`", text))


def test_every_patch_has_its_row_and_every_row_its_patch() -> None:
    assert sorted(ROWS) == sorted(patches.NAMES)


@pytest.mark.parametrize("name", patches.NAMES)
def test_the_row_of_a_patch_names_a_test(name: str) -> None:
    assert _tests(ROWS[name])


def _rows_of_moto(module: str) -> list[str]:
    return [line for line in PAGE.splitlines() if line.startswith("| `") and f"`{module}.py`" in line.split("|")[1]]


@pytest.mark.parametrize("module", of_moto.REQUIRES)
def test_every_patch_of_moto_has_a_row_that_names_a_test(module: str) -> None:
    assert (ROOT / "local_aws" / f"{module}.py").exists()
    assert all(_tests(row) for row in _rows_of_moto(module))
    assert _rows_of_moto(module)


def test_every_module_that_changes_moto_says_what_it_relies_on() -> None:
    """Not the server of its API, which changes nothing."""
    folders = [
        ROOT / "local_aws" / name for name in ("data_plane", "rds", "ecs", "elb", "elasticache", "secretsmanager")
    ]
    places = [place for folder in folders for place in folder.glob("*.py")]
    using = {
        place.relative_to(ROOT / "local_aws").with_suffix("").as_posix()
        for place in places
        if re.search(r"^from moto\.", place.read_text(), re.MULTILINE)
    }
    assert using - {"data_plane/api"} <= set(of_moto.REQUIRES)


def test_the_tests_it_names_exist() -> None:
    assert _tests(PAGE)
    assert [test for test in sorted(_tests(PAGE + DRILLS)) if not (ROOT / test).exists()] == []


def test_the_places_it_names_exist() -> None:
    places = set(re.findall(r"`((?:local_aws|drills|tests)/[\w./]+)`", PAGE + DRILLS))
    assert [place for place in sorted(places) if not (ROOT / place).exists()] == []


def test_the_figures_it_names_are_set_there() -> None:
    named = re.findall(r"((?:`_?\w+`(?:, )?)+) in `((?:local_aws|drills)/[\w/]+\.py)`", DRILLS)
    assert named
    for words, place in named:
        code = (ROOT / place).read_text(encoding="utf-8")
        assert [word for word in re.findall(r"`(\w+)`", words) if word not in code] == []
