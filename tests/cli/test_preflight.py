"""A missing requirement is reported with its place and a remedy, before anything is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import bootstrap_check, preflight
from drills.world.synth import ROOT
from tests.cli.conftest import Type

_AS_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture(autouse=True)
def never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drill that starts is a fault of the test."""

    def fail(*_arguments: object, **_named: object) -> int:
        raise AssertionError("a drill was started")

    monkeypatch.setattr("drills.run.run_drill", fail)


def test_a_tmpdir_that_is_no_folder_is_refused_and_not_passed_over(
    lyo_dr: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    said = lyo_dr("drill")
    assert said.exit_code == 2
    assert f"TMPDIR is {tmp_path / 'gone'}, which is not a writable folder" in said.stderr


def test_without_any_temporary_folder_the_way_out_is_named(lyo_dr: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError

    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr("tempfile.gettempdir", none)
    said = lyo_dr("drill")
    assert said.exit_code == 2
    assert "there is no writable temporary folder; set TMPDIR to one" in said.stderr


def test_results_that_could_not_be_written_are_refused_before_the_drill(lyo_dr: Type, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("in the way", encoding="utf-8")
    said = lyo_dr("drill", "--results", str(tmp_path / "a-file" / "below"))
    assert said.exit_code == 2
    assert "results cannot be written to" in said.stderr
    assert "choose another one with --results" in said.stderr


@_AS_ROOT
def test_results_in_a_folder_of_another_user_are_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert list(preflight.obstacles(tmp_path / "drills"))


def test_a_new_results_folder_is_no_obstacle(tmp_path: Path) -> None:
    assert list(preflight.obstacles(tmp_path / "new" / "drills")) == []


@pytest.mark.parametrize(
    ("version", "free", "has_venv", "sentence"),
    [
        ((3, 9), 10**11, True, "is Python 3.9, but 3.11 or newer is needed"),
        ((3, 11), 10**11, False, "apt install python3-venv"),
        ((3, 13), 10**8, True, "has 0.1 GB free, and setting up needs 2 GB"),
    ],
)
def test_setting_up_says_in_one_sentence_what_is_missing(
    tmp_path: Path, version: tuple[int, int], free: int, has_venv: bool, sentence: str
) -> None:
    assert sentence in str(bootstrap_check.obstacle(version, str(tmp_path), free, has_venv))


def test_setting_up_on_a_machine_that_has_everything_says_nothing(tmp_path: Path) -> None:
    assert bootstrap_check.obstacle((3, 11), str(tmp_path), 10**11, True) is None


def test_setting_up_begins_with_a_bare_python_and_nothing_of_ours_in_its_way() -> None:
    """Without ``site``, which on some machines has imported half of the standard library before us."""
    (recipe,) = [line for line in (ROOT / "Makefile").read_text().splitlines() if "cli/bootstrap_check.py" in line]
    arguments = recipe.partition("$(PYTHON)")[2].split()
    ran = subprocess.run([sys.executable, "-S", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize("script", ["app.py", "cli/bootstrap_check.py", "local_aws/functions/fork_server.py"])
def test_no_module_beside_a_script_hides_one_of_the_standard_library(script: str) -> None:
    """Python looks in the folder of a script first: ``operator.py`` there ends it before its first line."""
    beside = {path.stem for path in (ROOT / script).parent.iterdir()}
    assert beside & sys.stdlib_module_names == set()


def test_aws_timing_is_for_one_drill_at_a_time(lyo_dr: Type) -> None:
    said = lyo_dr("drill", "all", "--aws-timing")
    assert said.exit_code == 2
    assert "--aws-timing is for one drill at a time" in said.stderr


def test_aws_timing_reaches_the_drill(lyo_dr: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[object] = []

    def run_drill(*_arguments: object, aws_timing: bool, **_more: object) -> int:
        asked.append(aws_timing)
        return 0

    monkeypatch.setattr("drills.run.run_drill", run_drill)
    assert lyo_dr("drill", "--aws-timing", "--results", str(tmp_path)).exit_code == 0
    assert lyo_dr("drill", "--results", str(tmp_path)).exit_code == 0
    assert asked == [True, False]
