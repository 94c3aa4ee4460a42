"""A run that was killed leaves folders; the next one removes them, and nobody else's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rehearsal.leftovers import run_folder, sweep


def _pid_of_the_dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_folder_of_a_dead_run_is_removed_by_the_next(tmp_path: Path) -> None:
    dead = tmp_path / f"lyo-drill-{_pid_of_the_dead()}-abc123"
    (dead / "deep").mkdir(parents=True)
    mine = run_folder("drill", tmp_path)
    assert not dead.exists()
    assert mine.is_dir()
    assert mine.name.startswith(f"lyo-drill-{os.getpid()}-")


def test_the_folder_of_a_living_run_stays(tmp_path: Path) -> None:
    mine = run_folder("data", tmp_path)
    assert sweep(tmp_path) == []
    assert mine.is_dir()


def test_folders_of_others_stay(tmp_path: Path) -> None:
    others = [tmp_path / name for name in ("lyo-notes", "lyo-drill-mine", "else-drill-1-abc", "lyo-data-x-1")]
    for other in others:
        other.mkdir()
    assert sweep(tmp_path) == []
    assert all(other.is_dir() for other in others)


def test_a_number_that_was_given_again_does_not_keep_a_dead_runs_folder(tmp_path: Path) -> None:
    old = tmp_path / f"lyo-drill-{os.getpid()}-abc123"
    old.mkdir()
    os.utime(old, (0, 0))
    assert sweep(tmp_path) == [old]
