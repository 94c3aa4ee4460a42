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
    [(0, False), (1, True), (2, False), (4, False), (5, False)],
    ids=["passed", "failed", "interrupted", "misused", "nothing ran"],
)
def test_only_a_test_that_failed_has_noticed(monkeypatch: pytest.MonkeyPatch, ended: int, noticed: bool) -> None:
    seen: dict[str, Any] = {}

    def run(_command: list[str], **more: Any) -> SimpleNamespace:
        seen.update(more["env"])
        return SimpleNamespace(returncode=ended)

    monkeypatch.setattr(subprocess, "run", run)
    assert proof.is_noticed("retry_delay") is noticed
    assert seen[WITHOUT] == "retry_delay"


def test_a_hang_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_more: Any) -> None:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    assert proof.is_noticed("retry_delay")


@pytest.mark.parametrize(("noticed", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_each_was_noticed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], noticed: bool, code: int
) -> None:
    monkeypatch.setattr(proof, "is_noticed", lambda _name: noticed)
    assert proof.main(["paths", "callbacks"]) == code
    assert capsys.readouterr().out.count("NOT NOTICED") == (0 if noticed else 2)
