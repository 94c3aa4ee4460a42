"""Each patch is left out once, and the tests of its row have to fail."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from audits import patches as proof
from drills.world.synth import ROOT
from local_aws import patches
from local_aws.settings import WITHOUT


@pytest.mark.parametrize("name", patches.NAMES)
def test_every_patch_has_tests_that_exist(name: str) -> None:
    named = proof.tests_of(name)
    assert named
    assert [test for test in named if not (ROOT / test).exists()] == []


def test_a_patch_nobody_wrote_a_row_for_is_named() -> None:
    with pytest.raises(ValueError, match="no row for the patch invented"):
        proof.tests_of("invented")


@pytest.mark.parametrize(
    ("ended", "noticed"),
    [(0, None), (1, "tests/x.py::test_a"), (2, None), (4, None), (5, None)],
    ids=["passed", "failed", "interrupted", "misused", "nothing ran"],
)
def test_only_a_test_that_failed_has_noticed(monkeypatch: pytest.MonkeyPatch, ended: int, noticed: str | None) -> None:
    seen: dict[str, Any] = {}

    def run(_command: list[str], **more: Any) -> SimpleNamespace:
        seen.update(more["env"])
        return SimpleNamespace(returncode=ended, stdout="F\nFAILED tests/x.py::test_a - AssertionError\n")

    monkeypatch.setattr(subprocess, "run", run)
    assert proof.noticed_by("retry_delay", ["tests/x.py"]) == noticed
    assert seen[WITHOUT] == "retry_delay"


def test_a_hang_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_more: Any) -> None:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    assert proof.noticed_by("retry_delay", ["tests/x.py"]) == proof.HANG


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is on record, and what is written: not the file beside the code."""
    found: dict[str, Any] = {"paths": {"noticed_by": "tests/x.py::test_a", "seconds": 5.0}}
    monkeypatch.setattr(proof, "read_kept", lambda _audit: {"patches": found})
    monkeypatch.setattr(proof, "keep", lambda _audit, result: found.update(result["patches"]))
    return found


@pytest.mark.parametrize(("noticed", "code"), [("tests/y.py::test_b", 0), (None, 1)])
def test_the_exit_code_says_whether_each_was_noticed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    results: dict[str, Any],
    noticed: str | None,
    code: int,
) -> None:
    monkeypatch.setattr(proof, "noticed_by", lambda _name, _tests: noticed)
    assert proof.main(["paths", "callbacks"]) == code
    assert capsys.readouterr().out.count("NOT NOTICED") == (0 if noticed else 2)
    assert {name: row["noticed_by"] for name, row in results.items()} == dict.fromkeys(
        ("paths", "callbacks"), noticed or ""
    )


def test_the_test_that_noticed_last_is_asked_first_and_then_all_of_the_row(
    monkeypatch: pytest.MonkeyPatch, results: dict[str, Any]
) -> None:
    asked: list[tuple[str, ...]] = []

    def noticed_by(_name: str, tests: Any) -> str | None:
        asked.append(tuple(tests))
        return None if len(asked) == 1 else "tests/y.py::test_b"

    monkeypatch.setattr(proof, "noticed_by", noticed_by)
    assert proof.main(["paths"]) == 0
    assert asked == [("tests/x.py::test_a",), tuple(proof.tests_of("paths"))]


def test_a_sample_is_printed_by_name_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], results: dict[str, Any]
) -> None:
    monkeypatch.setattr(proof, "noticed_by", lambda _name, _tests: "tests/y.py::test_b")
    before = dict(results)
    assert proof.main(["--quick", "--day", "0", "--seconds", "40"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == (f"2 of {len(patches.NAMES)} patches, those of day 0: {', '.join(patches.NAMES[:2])}")
    assert results == before


def test_the_samples_of_some_days_are_all_patches_each_once() -> None:
    kept = {name: {"seconds": float(number % 7)} for number, name in enumerate(patches.NAMES)}
    days = [proof.sample(kept, day, 20.0) for day in range(len(patches.NAMES))]
    turn = next(day for day in range(1, len(days)) if days[day] == days[0])
    assert [name for day in days[:turn] for name in day] == list(patches.NAMES)
    assert all(sum(kept[name]["seconds"] for name in day) <= 20.0 for day in days)


def test_a_patch_that_takes_longer_than_a_sample_has_a_day_of_its_own() -> None:
    kept = {name: {"seconds": 100.0} for name in patches.NAMES}
    assert [proof.sample(kept, day, 20.0) for day in range(2)] == [[patches.NAMES[0]], [patches.NAMES[1]]]
