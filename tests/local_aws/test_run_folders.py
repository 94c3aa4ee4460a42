"""A run that was killed leaves folders; the next one removes them, and nobody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from local_aws.run_folders import run_folder, sweep

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 2**22 + 7
"""No process has this number: the kernel counts to 2**22."""

KEEPER = """
import sys, time
from pathlib import Path
from local_aws.run_folders import run_folder
print(run_folder("drill", Path(sys.argv[1])), flush=True)
time.sleep(60)
"""


def _a_run_in(place: Path) -> tuple[subprocess.Popen[str], Path]:
    """Another process with a folder of its own."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(place)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert keeper.stdout is not None
    return keeper, Path(keeper.stdout.readline().strip())


def test_the_folder_of_a_run_stays_while_it_lives_and_is_removed_when_it_was_killed(tmp_path: Path) -> None:
    with _a_run_in(tmp_path)[0] as keeper:
        (folder,) = tmp_path.iterdir()
        assert sweep(tmp_path) == []
        assert folder.is_dir()
        keeper.send_signal(signal.SIGKILL)
        keeper.wait()
        assert sweep(tmp_path) == [folder]
        assert list(tmp_path.iterdir()) == []


def test_the_clock_does_not_decide_who_lives(tmp_path: Path) -> None:
    keeper, folder = _a_run_in(tmp_path)
    with keeper:
        os.utime(folder, (0, 0))
        assert sweep(tmp_path) == []
        keeper.kill()


def test_the_folder_of_a_dead_run_is_removed_by_the_next(tmp_path: Path) -> None:
    dead = tmp_path / f"lyo-drill-{NOBODY}-abc123"
    (dead / "deep").mkdir(parents=True)
    mine = run_folder("drill", tmp_path)
    assert not dead.exists()
    assert mine.is_dir()
    assert mine.name.startswith(f"lyo-drill-{os.getpid()}-")


def test_the_folder_of_a_living_run_stays(tmp_path: Path) -> None:
    mine = run_folder("data", tmp_path)
    assert sweep(tmp_path) == []
    assert mine.is_dir()


def test_a_folder_that_was_made_this_moment_stays(tmp_path: Path) -> None:
    fresh = tmp_path / f"lyo-drill-{os.getpid()}-abc123"
    fresh.mkdir()
    assert sweep(tmp_path) == []


def test_folders_of_others_stay(tmp_path: Path) -> None:
    others = [tmp_path / name for name in ("lyo-notes", "lyo-drill-mine", "else-drill-1-abc", "lyo-data-x-1")]
    for other in others:
        other.mkdir()
    assert sweep(tmp_path) == []
    assert all(other.is_dir() for other in others)


def test_a_number_that_was_given_again_does_not_keep_a_dead_runs_folder(tmp_path: Path) -> None:
    old = tmp_path / f"lyo-drill-{os.getpid()}-abc123"
    old.mkdir()
    (old / ".owner").touch()
    assert sweep(tmp_path) == [old]


def test_two_runs_that_start_at_once_leave_each_others_folders_alone(tmp_path: Path) -> None:
    """Each makes folders and sweeps as fast as it can: nothing that lives may go."""
    script = (
        "import sys, pathlib\n"
        "from local_aws.run_folders import run_folder\n"
        "made = [run_folder('drill', pathlib.Path(sys.argv[1])) for _ in range(150)]\n"
        "print(sum(not path.exists() for path in made))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    runs = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [run.communicate(timeout=60)[0].strip() for run in runs] == ["0", "0", "0"]
