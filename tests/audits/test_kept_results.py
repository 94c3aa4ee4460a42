"""The results kept beside the code: nothing is missing in them, and nothing in them is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audits import kept, patches
from audits.guard_mutations import every_brake
from drills.world.synth import ROOT
from local_aws.patches import NAMES


def exists(test: str) -> bool:
    """Whether the function a node id names is in its file."""
    file, _, name = test.partition("::")
    function = re.sub(r"\[.*", "", name).rsplit("::", 1)[-1]
    path = ROOT / file
    return path.exists() and f"def {function}(" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("audit", ["guards", "patches", "permissions"])
def test_a_result_says_when_and_on_which_commit(audit: kept.Audit) -> None:
    result = kept.read_kept(audit)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", result["date"])
    assert re.fullmatch(r"[0-9a-f]{12}( with changes)?", result["commit"])


def test_every_brake_has_a_test_that_missed_it_and_no_brake_is_gone() -> None:
    rows = kept.read_kept("guards")["brakes"]
    assert list(rows) == [brake.name for brake in every_brake()], "run python -m audits.guard_mutations"
    assert {name: row["holds"] for name, row in rows.items()} == {brake.name: brake.holds for brake in every_brake()}
    assert [name for name, row in rows.items() if not exists(row["noticed_by"])] == []


def test_every_patch_has_a_test_of_its_row_that_missed_it_and_no_patch_is_gone() -> None:
    rows = kept.read_kept("patches")["patches"]
    assert list(rows) == list(NAMES), "run python -m audits.patches"
    found = {name: row["noticed_by"] for name, row in rows.items() if row["noticed_by"] != patches.HANG}
    assert [name for name, test in found.items() if not exists(test)] == []
    assert [name for name, test in found.items() if test.split("::")[0] not in patches.tests_of(name)] == []


def test_a_result_is_read_as_it_was_kept(tmp_path: Path) -> None:
    path = kept.keep("guards", {"brakes": {"pause": {"noticed_by": "t"}}}, tmp_path)
    found = kept.read_kept("guards", tmp_path)
    assert list(found) == ["date", "commit", "brakes"]
    assert found["brakes"] == {"pause": {"noticed_by": "t"}}
    assert path == tmp_path / "guards.json"
    assert kept.read_kept("patches", tmp_path) == {}


def test_without_git_a_result_has_no_commit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kept, "ROOT", tmp_path / "nowhere")
    assert kept.commit() == ""
