"""Starting and ending child processes so that none outlives this one."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_LIBC = ctypes.CDLL(None, use_errno=True)


class ProcessError(Exception):
    """A child process failed or did not do in time what was asked; the message says which and why."""


class Spawner:
    """Starts child processes from one thread that lives as long as this process.

    The kernel's parent-death signal is sent when the *thread* that forked ends, not the process: started from the
    short-lived thread of a request, a child would be killed with that request.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")
        if sys.platform.startswith("linux"):
            # Orphans of a killed server become our children, so that ``end`` can reap them: whoever has process id 1
            # in a container may not.
            _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1)

    def start(
        self,
        command: list[str],
        *,
        env: Mapping[str, str],
        log: Path | None = None,
        stdin: int = subprocess.DEVNULL,
        owner: Mapping[str, Any] | None = None,
    ) -> "subprocess.Popen[bytes]":
        """Start a command in ``/``, its output appended to ``log``; raises ProcessError when it cannot be started.

        ``owner`` are Popen's ``user``, ``group`` and ``extra_groups``.
        """
        return self._thread.submit(self._start, command, env, log, stdin, owner or {}).result(timeout=30)

    def _start(
        self, command: list[str], env: Mapping[str, str], log: Path | None, stdin: int, owner: Mapping[str, Any]
    ) -> "subprocess.Popen[bytes]":
        with contextlib.ExitStack() as files:
            output: IO[bytes] | int = files.enter_context(log.open("ab")) if log else subprocess.DEVNULL
            try:
                return subprocess.Popen(
                    command,
                    stdin=stdin,
                    stdout=output,
                    stderr=output,
                    env=dict(env),
                    cwd="/",
                    start_new_session=True,
                    preexec_fn=_die_with_parent(os.getpid()),
                    **owner,
                )
            except OSError as error:
                raise ProcessError(f"{command[0]} cannot be started: {error}") from error

    def close(self) -> None:
        """End the spawning thread; children still running get their parent-death signal."""
        self._thread.shutdown(wait=True, cancel_futures=True)


def _die_with_parent(parent: int) -> Callable[[], None]:
    """What runs in the child between fork and exec, after the change of user (which would reset the signal)."""
    if not sys.platform.startswith("linux"):
        return lambda: None

    def prepare() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died before the signal was armed
            os._exit(1)

    return prepare


@dataclass
class Deadline:
    """A point in time until which something has to happen; ``seconds`` from its creation."""

    seconds: float
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.left == 0.0


def wait_until(condition: Callable[[], bool], seconds: float, what: str, every: float = 0.02) -> None:
    """Wait until ``condition`` holds; raises ProcessError naming ``what`` after ``seconds``."""
    deadline = Deadline(seconds)
    while not condition():
        if deadline.over:
            raise ProcessError(f"{what} did not happen within {seconds:g} s")
        time.sleep(every)


def run(command: list[str], spawner: Spawner, *, env: Mapping[str, str], owner: Mapping[str, Any], log: Path) -> None:
    """Run a tool to its end within 60 s; raises ProcessError with the end of its log."""
    process = spawner.start(command, env=env, log=log, owner=owner)
    try:
        code = process.wait(60)
    except subprocess.TimeoutExpired:
        end([process.pid], process)
        raise ProcessError(f"{Path(command[0]).name} did not end within 60 s: {tail(log)}") from None
    if code:
        raise ProcessError(f"{Path(command[0]).name} ended with {code}: {tail(log)}")


def end(pids: Iterable[int], *processes: "subprocess.Popen[bytes] | None") -> None:
    """SIGKILL processes by pid, then reap those that are children of this one, orphans adopted by it included (5 s)."""
    killed = list(pids)
    for pid in killed:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    ours = [process for process in processes if process is not None]
    for process in ours:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
    deadline = Deadline(5)
    for pid in set(killed) - {process.pid for process in ours}:
        _reap(pid, deadline)


def _reap(pid: int, deadline: "Deadline") -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(pid, os.WNOHANG) == (0, 0) and not deadline.over:
            time.sleep(0.005)


def family(pid: int) -> list[int]:
    """A process and all its descendants, the eldest first; empty when it is gone."""
    try:
        eldest = psutil.Process(pid)
        return [pid, *(child.pid for child in eldest.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def alive(process: "subprocess.Popen[bytes] | None") -> bool:
    """Whether a child of this process is running."""
    return process is not None and process.poll() is None


def tail(log: Path, characters: int = 800) -> str:
    """The end of a log file, on one line."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return " | ".join(text[-characters:].split("\n")).strip()
