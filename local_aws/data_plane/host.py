"""The data host as its user sees it: a subprocess to start, to tell what to break, and to stop."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from local_aws.data_plane.processes import ProcessError, alive, end, tail, wait_until
from local_aws.ecs.images import Images
from local_aws.ports import free_port
from local_aws.rds.binaries import let_pass
from local_aws.rds.postgres_server import release_memory
from local_aws.run_folders import open_for_owner, run_folder

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS, _STOP_SECONDS = 60.0, 4.0
_ROOMY_BYTES = 4 * 2**30


class DataHost:
    """One data host with everything it keeps in one directory, which is gone after ``stop``.

    Methods that ask it for something raise ProcessError with its sentence.
    """

    def __init__(
        self, account: str = "000000000000", least_phase_seconds: float = 0.25, images: Images | None = None
    ) -> None:
        """``images`` are the commands that tasks of ECS run, by the repository of their image."""
        self.account = account
        self._images = images or {}
        self.port = free_port()
        self._least_phase_seconds = least_phase_seconds
        self._base: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The endpoint of RDS, ElastiCache, Secrets Manager, ECS and application autoscaling, and of the admin API."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start it and wait until it answers (60 s); raises ProcessError."""
        self._base = run_folder("data", _place())
        let_pass(self._base)
        command = [sys.executable, "-m", "local_aws.data_plane.serve", "--port", str(self.port)]
        command += ["--directory", str(self._run), "--account", self.account]
        command += ["--images", json.dumps(self._images)]
        command += ["--least-phase-seconds", str(self._least_phase_seconds), "--until-stdin-closes"]
        with open_for_owner(self._log) as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=_environment(), start_new_session=True
            )
        try:
            wait_until(self._answers, _START_SECONDS, "the start of the data host", every=0.1)
        except ProcessError:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop it with everything it started; nothing is left, even when it does not obey."""
        if self._process is not None:
            if alive(self._process):
                self._process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_STOP_SECONDS)
            end([self._process.pid] if alive(self._process) else [], self._process)
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None
        if self._base is not None:
            # A server frozen by SIGSTOP cannot notice the death of its parent.
            end(_processes_in(self._base))
            for data in self._base.glob("run/databases/*/data"):
                release_memory(data)  # only there to be released when the host was killed
            shutil.rmtree(self._base, ignore_errors=True)
            self._base = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def state(self) -> dict[str, Any]:
        """Databases, services and load balancers with their processes and endpoints."""
        return self._ask("GET", "/state")

    def kill_region(self, region: str) -> float:
        """Lose everything of a region; the moment just before, in seconds since the epoch."""
        return float(self._ask("POST", f"/regions/{region}/kill")["killed_at"])

    def revive_region(self, region: str) -> None:
        """Let a lost region come back with its old data and counts."""
        self._ask("POST", f"/regions/{region}/revive")

    def place_balancer(self, region: str, address: str, port: int) -> None:
        """Start the region's load balancer on an address of 127.0.0.0/8."""
        self._ask("POST", f"/regions/{region}/balancer", address=address, port=port)

    def disturb_balancer(self, region: str, *, errors: float = 0.0, silent: bool = False, deaf_to: str = "") -> None:
        """Let the region's load balancer do something wrong; without arguments it does everything right again.

        ``errors``: share of requests answered 500. ``silent``: none is answered. ``deaf_to``: a pattern of the user
        agents that get no answer.
        """
        wanted = {"errors": errors, "silent": silent, "deaf_to": deaf_to}
        self._ask("POST", f"/regions/{region}/balancer/disturbance", **wanted)

    def restart_database(self, identifier: str, seconds: float) -> None:
        """Kill a database and start it again on its port after so many seconds; returns at once."""
        self._ask("POST", f"/databases/{identifier}/restart", seconds=seconds)

    def lose_database(self, identifier: str) -> float:
        """Kill a database for good, so that RDS calls it failed; the moment just before, in seconds since the epoch."""
        return float(self._ask("POST", f"/databases/{identifier}/lose")["lost_at"])

    def tune_database(self, identifier: str, **settings: str) -> None:
        """Change settings of a database and restart it; restores of it have them, too."""
        self._ask("POST", f"/databases/{identifier}/settings", **settings)

    def set_faults(
        self,
        *,
        promotion_skipped: Sequence[str] = (),
        promotion_stuck: Sequence[str] = (),
        promotion_replays: Sequence[str] = (),
    ) -> None:
        """Replace all faults; the lists are instance identifiers."""
        faults = {"promotion_skipped": promotion_skipped, "promotion_stuck": promotion_stuck}
        faults["promotion_replays"] = promotion_replays
        self._ask("POST", "/faults", **{kind: list(names) for kind, names in faults.items()})

    def set_relay(self, replica: str, *, delay: float = 0.0, cut: bool = False) -> None:
        """Set the one-way delay in seconds and the cut of the link to a replica."""
        self._ask("POST", f"/relay/{replica}", delay=delay, cut=cut)

    def stretch(self, seconds: Mapping[str, float]) -> None:
        """Let phases and starts last at least so long from now on, by ``STRETCHABLE`` of ``data_plane/faults.py``."""
        self._ask("POST", "/timing", **seconds)

    def cool_restores(self, seconds: float) -> None:
        """Let the first reading of each table take so long in every instance that is restored from now on."""
        self._ask("POST", "/cold", seconds=seconds)

    def freeze_database(self, identifier: str) -> None:
        """Let a database stand still: it accepts connections and answers nothing."""
        self._ask("POST", f"/databases/{identifier}/freeze")

    def thaw_database(self, identifier: str) -> None:
        """Let a frozen database go on."""
        self._ask("POST", f"/databases/{identifier}/thaw")

    def logs(self) -> str:
        """What the data host and the processes it started have written, newest files last."""
        files = [self._log, *self._run.glob("logs/*.log"), *self._run.glob("databases/*/log")]
        files.sort(key=lambda file: file.stat().st_mtime)
        return "".join(f"--- {file.name}\n{file.read_text(errors='replace')}" for file in files)

    def processes(self) -> list[int]:
        """The data host's process and all its descendants; empty when it does not run."""
        if self._process is None or not alive(self._process):
            return []
        children = psutil.Process(self._process.pid).children(recursive=True)
        return [self._process.pid, *(child.pid for child in children)]

    def _ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        content = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self.url + path, data=content, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as refusal:
            raise ProcessError(f"{method} {path}: {refusal.read().decode(errors='replace')}") from refusal
        except OSError as error:
            raise ProcessError(f"the data host does not answer {method} {path}: {error}") from error

    def _answers(self) -> bool:
        if not alive(self._process):
            raise ProcessError(f"the data host ended while starting: {tail(self._log)}")
        try:
            return bool(self._ask("GET", "/health"))
        except ProcessError:
            return False

    @property
    def _run(self) -> Path:
        return self._existing_base / "run"

    @property
    def _log(self) -> Path:
        return self._existing_base / "log"

    @property
    def _existing_base(self) -> Path:
        if self._base is None:
            raise ProcessError("the data host is not started")
        return self._base


def _place() -> Path | None:
    """In memory where there is room for it (what is there dies with the run anyway), else the temporary directory."""
    memory = Path("/dev/shm")  # noqa: S108
    usable = "TMPDIR" not in os.environ and memory.is_dir() and os.access(memory, os.W_OK)
    return memory if usable and shutil.disk_usage(memory).free > _ROOMY_BYTES else None


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "PGBIN") if name in os.environ}
    return {**kept, "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"}


def _processes_in(directory: Path) -> list[int]:
    inside = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if Path(process.cwd()).is_relative_to(directory):
                inside.append(process.pid)
    return inside
