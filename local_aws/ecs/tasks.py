"""One task of a service: a real process, from pending to stopped."""

import contextlib
import http.client
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local_aws.data_plane.processes import Deadline, ProcessError, Spawner, end
from local_aws.ecs.images import ImageNotFound, Images, command_of, listens
from local_aws.ports import free_port
from local_aws.secretsmanager.secrets_backend import SecretUnavailable

_ROOT = Path(__file__).resolve().parents[2]
_PROBE_SECONDS = 0.5
_START_SECONDS = 30.0
_GRACE_SECONDS = 1.0
_DRAIN_SECONDS = 0.5
_PENDING_PROBE_EVERY, _RUNNING_PROBE_EVERY = 0.1, 1.0
_FAILED_PROBES = 3
_SIGNAL_BASE = 128


@dataclass(frozen=True)
class TaskSpec:
    """What to run: identity for the API, image, and a function for the environment (secrets are read at the start)."""

    cluster_arn: str
    service: str
    definition_arn: str
    container: str
    image: str
    rollout: str
    environment: Callable[[], Mapping[str, str]]

    @property
    def task_arn_prefix(self) -> str:
        """The ARN of a task without its id."""
        return self.cluster_arn.replace(":cluster/", ":task/") + "/"


class Task:
    """A process in the terms of ECS. A thread of its own watches it and writes the public attributes."""

    def __init__(
        self, spec: TaskSpec, images: Images, spawner: Spawner, directory: Path, least_pending: float = 0.0
    ) -> None:
        """``least_pending`` is how many seconds the task is PENDING at least, however soon it answers."""
        self.id = uuid.uuid4().hex
        self.spec = spec
        self.port = free_port()
        self.listens = listens(spec.image, images)
        self.last_status = "PENDING"
        self.desired_status = "RUNNING"
        self.health_status = "UNKNOWN"
        self.stopped_reason: str | None = None
        self.stop_code: str | None = None
        self.exit_code: int | None = None
        self.created_at = datetime.now(UTC)
        self.started_at: datetime | None = None
        self.stopped_at: datetime | None = None
        self._images = images
        self._spawner = spawner
        self._least_pending = least_pending
        self._log = directory / f"task-{self.id}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._stop: tuple[str, str] | None = None
        self._lost = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._live, name=f"task-{self.id[:8]}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def task_arn(self) -> str:
        """The task's ARN."""
        return self.spec.task_arn_prefix + self.id

    @property
    def wanted(self) -> bool:
        """Whether the task is meant to run on."""
        return self.desired_status == "RUNNING"

    def stop(self, reason: str, code: str) -> None:
        """Ask the task to end: SIGTERM, and SIGKILL a second later. Returns at once."""
        if self.wanted:
            self.desired_status = "STOPPED"
            self._stop = (reason, code)
            self._wake.set()

    def lose(self) -> None:
        """SIGKILL without a word, as when the region is lost."""
        self._lost = True
        self.desired_status = "STOPPED"
        if self._process is not None and self.pid is not None:
            _signal_group(self._process, signal.SIGKILL)
            end([], self._process)
        self._wake.set()

    def join(self, seconds: float) -> None:
        """Wait until the task's process is gone and its thread has ended."""
        self._thread.join(seconds)

    def _live(self) -> None:
        try:
            command = command_of(self.spec.image, self._images)
            environment = {**_base_environment(), **self.spec.environment(), "PORT": str(self.port)}
            self._process = self._spawner.start(command, env=environment, log=self._log)
        except ImageNotFound as error:
            self._ended(str(error), "TaskFailedToStart")
        except SecretUnavailable as error:
            reason = f"ResourceInitializationError: unable to pull secrets or registry auth: {error}"
            self._ended(reason, "TaskFailedToStart")
        except (ProcessError, RuntimeError) as error:
            self._ended(f"CannotStartContainerError: {error}", "TaskFailedToStart")
        else:
            self._watch(self._process)

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        started, failed, due = time.monotonic(), 0, 0.0
        while process.poll() is None and self._stop is None and not self._lost:
            if time.monotonic() >= due:
                failed = 0 if self._healthy() else failed + 1
                self._judge(failed, time.monotonic() - started)
                running = self.last_status == "RUNNING"
                due = time.monotonic() + (_RUNNING_PROBE_EVERY if running else _PENDING_PROBE_EVERY)
            self._wake.wait(0.1)
        self._finish(process)

    def _judge(self, failed: int, age: float) -> None:
        if not failed and age < self._least_pending:
            return
        if not failed:
            self.started_at = self.started_at or datetime.now(UTC)
            self.last_status, self.health_status = "RUNNING", "HEALTHY"
        elif age > _START_SECONDS if self.last_status == "PENDING" else failed >= _FAILED_PROBES:
            self.health_status = "UNHEALTHY"
            self.stop("Task failed container health checks", "ServiceSchedulerInitiated")

    def _finish(self, process: "subprocess.Popen[bytes]") -> None:
        self.desired_status = "STOPPED"
        crashed = process.poll() is not None
        if not crashed and not self._lost:
            self._drain(process)
            _signal_group(process, signal.SIGTERM)
            grace = Deadline(_GRACE_SECONDS)
            while process.poll() is None and not grace.over and not self._lost:
                time.sleep(0.02)
        _signal_group(process, signal.SIGKILL)  # whatever the command has started itself
        end([], process)
        code = process.returncode
        self.exit_code = None if code is None else code if code >= 0 else _SIGNAL_BASE - code
        reason, stop_code = self._stop or ("Essential container in task exited", "EssentialContainerExited")
        self._ended(reason, stop_code)

    def _drain(self, process: "subprocess.Popen[bytes]") -> None:
        """The load balancer sends nothing more to a task that stops; what it has sent is answered first.

        ECS deregisters a task's target, and waits for that, before it stops the task (developer guide, "Task
        lifecycle", DEACTIVATING).
        """
        drained = Deadline(_DRAIN_SECONDS)
        while process.poll() is None and not drained.over and not self._lost:
            time.sleep(0.02)

    def _ended(self, reason: str, code: str) -> None:
        self.desired_status = "STOPPED"
        self.stopped_reason, self.stop_code = reason, code
        self.stopped_at = datetime.now(UTC)
        self.last_status = "STOPPED"

    def _healthy(self) -> bool:
        if not self.listens:
            return True
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PROBE_SECONDS)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    # What the ECS API shows besides the attributes above.

    @property
    def cluster_arn(self) -> str:
        """The cluster's ARN."""
        return self.spec.cluster_arn

    @property
    def task_definition_arn(self) -> str:
        """The ARN of the revision that runs."""
        return self.spec.definition_arn

    @property
    def group(self) -> str:
        """The service in the API's notation."""
        return f"service:{self.spec.service}"

    @property
    def started_by(self) -> str:
        """The deployment that started the task."""
        return self.spec.rollout

    launch_type = "FARGATE"

    @property
    def containers(self) -> list[dict[str, Any]]:
        """The one container."""
        container: dict[str, Any] = {
            "containerArn": f"{self.task_arn.replace(':task/', ':container/')}/{self.spec.container}",
            "taskArn": self.task_arn,
            "name": self.spec.container,
            "image": self.spec.image,
            "lastStatus": self.last_status,
            "healthStatus": self.health_status,
            "networkInterfaces": [{"privateIpv4Address": "127.0.0.1"}],
            "networkBindings": [{"bindIP": "127.0.0.1", "hostPort": self.port, "protocol": "tcp"}],
        }
        return [container if self.exit_code is None else {**container, "exitCode": self.exit_code}]


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """To the process and all it has started: each task has a session of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _base_environment() -> dict[str, str]:
    # A clean environment, except for the modules of this checkout: the app gets what its task definition says.
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
