"""The rooms of the repository stay small, and nothing under version control is treated as generated."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_MODULES = 25
LARGER = {
    "local_aws/patches": "one module for each difference from AWS, all of the same form",
}


def _git(*arguments: str) -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    ended = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S607
    return ended.stdout.splitlines()


def _removed_by_clean() -> list[str]:
    """The paths that `make clean` removes, variables replaced."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^clean:.*\n\t@rm -rf (.+)$", text, re.MULTILINE)
    assert found, "the recipe of `make clean` has another form now"
    variables = dict(re.findall(r"^(\w+) :?= (.+)$", text, re.MULTILINE))
    return [re.sub(r"\$\((\w+)\)", lambda name: variables[name[1]], path) for path in found[1].split()]


def test_no_folder_has_more_modules_than_one_can_take_in() -> None:
    modules = [PurePosixPath(path) for path in _git("ls-files", "*.py")]
    counts = Counter(str(path.parent) for path in modules if path.name != "__init__.py")
    assert {folder: n for folder, n in counts.items() if n > MOST_MODULES and folder not in LARGER} == {}


def test_nothing_under_version_control_is_ignored() -> None:
    assert _git("ls-files", "--cached", "--ignored", "--exclude-standard") == []


def test_make_clean_removes_nothing_under_version_control() -> None:
    paths = _removed_by_clean()
    assert {"results", ".venv"} <= set(paths)
    assert _git("ls-files", "--", *paths) == []
