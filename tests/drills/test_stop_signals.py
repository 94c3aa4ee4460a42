"""Which signals end a run, which do not, and that its clean-up is not stopped by the next one."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INT, HUP, TERM = signal.SIGINT, signal.SIGHUP, signal.SIGTERM
RUN = """
import pathlib, sys, time
from drills.stop_signals import ended_by_signals
trace = pathlib.Path(sys.argv[1])
try:
    with ended_by_signals():
        try:
            print("running", flush=True)
            time.sleep(60)
        finally:
            trace.write_text("cleaning up")
            for _ in range(20):
                time.sleep(0.05)
                print("cleaning up", flush=True)
            trace.write_text("clean")
except KeyboardInterrupt:
    sys.exit(130)
"""


def started(trace: Path, ignored: Sequence[signal.Signals] = ()) -> subprocess.Popen[str]:
    """A run, started by a shell that ignored these signals."""

    def ignore() -> None:
        for number in (INT, HUP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(trace)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=ignore,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    return process


def wait_for(trace: Path, text: str) -> None:
    deadline = time.monotonic() + 30
    while not (trace.exists() and trace.read_text() == text) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert trace.read_text() == text


ENDS: dict[str, tuple[Sequence[signal.Signals], Sequence[signal.Signals]]] = {
    "Ctrl-C": ((), (INT,)),
    "SIGTERM": ((), (TERM,)),
    "a closed terminal": ((), (HUP,)),
    "a closed terminal, told twice": ((), (HUP, HUP)),
    "a closed terminal, then a service manager": ((), (HUP, TERM)),
    "SIGTERM under nohup": ((HUP,), (TERM, HUP)),
    "SIGTERM of a background job": ((INT,), (TERM, INT)),
    "SIGTERM of a background job under nohup": ((INT, HUP), (TERM,)),
}


@pytest.mark.parametrize(("ignored", "sent"), ENDS.values(), ids=ENDS.keys())
def test_it_ends_and_cleans_up_to_the_end(
    tmp_path: Path, ignored: Sequence[signal.Signals], sent: Sequence[signal.Signals]
) -> None:
    trace = tmp_path / "trace"
    with started(trace, ignored) as process:
        first, *others = sent
        process.send_signal(first)
        wait_for(trace, "cleaning up")
        for number in others:
            process.send_signal(number)
        assert process.wait(30) == 130
    assert trace.read_text() == "clean"


@pytest.mark.parametrize(("ignored", "sent"), [((HUP,), HUP), ((INT,), INT)])
def test_what_was_ignored_at_the_start_does_not_end_it(
    tmp_path: Path, ignored: Sequence[signal.Signals], sent: signal.Signals
) -> None:
    trace = tmp_path / "trace"
    with started(trace, ignored) as process:
        process.send_signal(sent)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        assert not trace.exists()
        process.kill()


def test_a_terminal_that_is_closed_does_not_stop_the_clean_up(tmp_path: Path) -> None:
    """Its process gets SIGHUP from the kernel, and an error for each word it still writes."""
    trace = tmp_path / "trace"
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - another process
        os.execve(  # noqa: S606 - this very interpreter
            sys.executable,
            [sys.executable, "-c", RUN, str(trace)],
            {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        )
    with contextlib.suppress(OSError):
        assert b"running" in os.read(terminal, 100)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 130
    assert trace.read_text() == "clean"
