"""The intruder as a process of its own, and what they found out."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_END_SECONDS = 4.0


@dataclass(frozen=True)
class Tried:
    """One attempt: when it began (epoch seconds), by which way, and what was said."""

    at: float
    way: str
    said: str


class Intruder:
    """Begins at once; ``stop`` ends it. The login is handed over through a pipe."""

    def __init__(self, dsn: str, *, out: Path, address: str, front: str, port: int) -> None:
        self._out = out
        command = [sys.executable, "-m", "drills.intruder", "--out", str(out), "--address", address]
        self._process = subprocess.Popen(
            [*command, "--front", front, "--port", str(port)],
            cwd=_ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{_ROOT / 'lambdas'}:{_ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        if self._process.stdin is not None:
            self._process.stdin.write(dsn + "\n")
            self._process.stdin.flush()

    def tried(self) -> list[Tried]:
        """Every attempt so far; a line that is being written is left out."""
        if not self._out.exists():
            return []
        lines = self._out.read_text(encoding="utf-8").split("\n")[:-1]
        return [Tried(**json.loads(line)) for line in lines]

    def stop(self) -> None:
        """End it. May be called twice."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
