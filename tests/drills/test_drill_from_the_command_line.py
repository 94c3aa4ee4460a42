"""The whole product as a person uses it: one command, a lost region, a result, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests.plans import raw_plan

pytestmark = pytest.mark.drill

_ROOT = Path(__file__).parents[2]
_SHORT = dict.fromkeys(("triage", "fence", "promotion", "capacity", "switch", "validation"), "PT1S")


@dataclass(frozen=True)
class Finished:
    """A drill that has ended."""

    code: int
    output: str
    result: dict[str, Any]
    left_running: list[str]
    left_on_disk: list[str]


def _start(folder: Path, plan: dict[str, Any], ignoring: tuple[signal.Signals, ...] = ()) -> subprocess.Popen[str]:
    """``ignoring``: signals that the shell ignored before it started the drill."""

    def ignore() -> None:
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN if number in ignoring else signal.SIG_DFL)

    path = folder / "plan.yaml"
    path.write_text(yaml.safe_dump(plan), encoding="utf-8")
    command = [sys.executable, "-m", "cli", "drill", "region-loss", "--plan", str(path), "--results", str(folder)]
    scratch = folder / "scratch"
    scratch.mkdir()
    scratch.chmod(0o711)
    return subprocess.Popen(
        command,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": f"{_ROOT / 'lambdas'}:{_ROOT}", "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=ignore,
    )


def _finish(process: subprocess.Popen[str], folder: Path) -> Finished:
    output, _ = process.communicate(timeout=900)
    result = folder / "region-loss" / "drill.json"
    return Finished(
        process.returncode,
        output,
        json.loads(result.read_text(encoding="utf-8")) if result.exists() else {},
        _still_running_with(str(folder)),
        sorted(path.name for path in (folder / "scratch").iterdir()),
    )


def _still_running_with(marker: str) -> list[str]:
    """What does not end: on a busy machine a process that was killed needs a moment."""
    deadline = time.monotonic() + 15
    while (found := _running_with(marker)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def _running_with(marker: str) -> list[str]:
    """Processes whose environment or command names the folder of this test."""
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            if marker in " ".join([*process.cmdline(), *process.environ().values()]):
                found.append(" ".join(process.cmdline())[:200])
        except (psutil.Error, OSError):
            continue
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """Outside pytest's own folders, which PostgreSQL's user may not enter."""
    with tempfile.TemporaryDirectory(prefix="lyo-drill-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def test_a_plan_with_an_impossible_rto_recovers_and_still_fails(folder: Path) -> None:
    """The drill passes in everything but the target that nobody could meet: so it can fail, and it works."""
    plan = raw_plan(objectives__rto="PT8S", budgets__lease="PT15M")
    plan["budgets"] |= _SHORT
    plan["policy"]["agreement"] = "PT0.9S"  # shorter than the triage, as the plan's rules want it
    plan["timing"]["watch_every"] = "PT0.3S"
    plan["traffic"]["ttl"] = "PT1S"  # no longer than the budget of the switch
    drill = _finish(_start(folder, plan), folder)
    assert drill.code == 1, drill.output
    assert len(drill.result["missed"]) == 1, drill.output
    assert drill.result["missed"][0].endswith("exceeds the RTO of 8 s")
    assert "MISSED" in drill.output
    assert drill.result["incident"]["ending"] == "recovered"
    assert drill.result["calls"]["to_lost_region"] == 0
    assert drill.result["calls"]["to_us_east_1_control_plane"] == 0
    assert drill.result["bookings"]["duplicated"] == 0
    assert drill.left_running == []
    assert drill.left_on_disk == []


def _deploying(folder: Path, ignoring: tuple[signal.Signals, ...] = ()) -> subprocess.Popen[str]:
    """A drill that is in the middle of bringing its world up."""
    process = _start(folder, raw_plan(), ignoring)
    assert process.stdout is not None
    deadline = time.monotonic() + 120
    for line in process.stdout:
        if "Deploying the templates" in line or time.monotonic() > deadline:
            break
    time.sleep(1.5)
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_leave_nothing_behind(folder: Path, number: signal.Signals) -> None:
    process = _deploying(folder)
    process.send_signal(number)
    _ended_on_request(process, folder)


def test_in_the_background_under_nohup_it_runs_on_until_sigterm(folder: Path) -> None:
    process = _deploying(folder, ignoring=(signal.SIGINT, signal.SIGHUP))
    for number in (signal.SIGHUP, signal.SIGINT):
        process.send_signal(number)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=3)
    process.send_signal(signal.SIGTERM)
    _ended_on_request(process, folder)


def _ended_on_request(process: subprocess.Popen[str], folder: Path) -> None:
    drill = _finish(process, folder)
    assert drill.code == 130, drill.output
    assert "everything that was started is ended" in drill.output
    assert drill.left_running == []
    assert drill.left_on_disk == []
