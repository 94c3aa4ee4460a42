"""The booking client as a process of its own: a busy drill must not slow it down."""

import ctypes
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from drills.client.booking import DEADLINE_SECONDS, PATH

ROOT = Path(__file__).resolve().parents[2]
_ENDING_SECONDS = 5.0
"""Beside the attempt under way, which a stopped client finishes."""
_PR_SET_PDEATHSIG = 1


class BookingClientError(RuntimeError):
    """The client failed or could not be ended cleanly; the message carries the end of what it wrote to stderr."""


class BookingClient:
    """Books ``name`` on ``port`` at ``rate`` a second; attempts are appended to ``out``. A context manager.

    Start it from a thread that outlives it: the kernel ends the client when the thread that started it ends.
    """

    def __init__(
        self,
        *,
        resolver: str,
        name: str,
        port: int,
        out: Path,
        rate: float = 20.0,
        deadline: float = DEADLINE_SECONDS,
        stop_file: Path | None = None,
        path: str = PATH,
        ids: str = "uuid",
        script: list[str] | None = None,
    ) -> None:
        """``script`` is started instead of the built-in client, and told the same by environment variables."""
        self.out = out
        self._stderr = out.with_suffix(".stderr")
        self._command = [sys.executable, "-m", "drills.client", "--resolver", resolver, "--name", name]
        self._command += ["--port", str(port), "--rate", str(rate), "--out", str(out)]
        self._command += ["--stop-file", str(stop_file)] if stop_file is not None else []
        self._command += ["--path", path, "--ids", ids, "--deadline", str(deadline)]
        self._environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)}
        if script is not None:
            told = {
                "RESOLVER": resolver,
                "NAME": name,
                "PORT": port,
                "RATE": rate,
                "DEADLINE": deadline,
                "OUT": out,
                "IDS": ids,
            }
            self._environment |= {f"LOAD_{word}": str(value) for word, value in told.items()}
            self._command = script
        self._patience = deadline + _ENDING_SECONDS
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the client is booking."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start booking; returns at once."""
        if self._process is not None:
            raise BookingClientError("the booking client was started already")
        with self._stderr.open("wb") as stderr:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,  # signals of the terminal are the drill's, which then ends the client
                preexec_fn=partial(_die_with, os.getpid()),
            )
        return self

    def stop(self) -> None:
        """End the client and wait for its last line; raises BookingClientError if it had failed."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(timeout=self._patience)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if code not in (0, -signal.SIGTERM):  # the latter: stopped before it had begun, or a script that just ends
            raise BookingClientError(f"the booking client ended with {code}: {self._last_words()}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _last_words(self) -> str:
        text = self._stderr.read_text(errors="replace").strip() if self._stderr.exists() else ""
        return text[-500:] or "it wrote nothing to stderr"


_libc = ctypes.CDLL(None)  # loaded before the fork: the child must not import


def _die_with(parent: int) -> None:
    """Runs in the child between fork and exec."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel knew
        os._exit(1)
