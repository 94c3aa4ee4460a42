"""Keeps every service of every region at its desired count, and its load balancer informed."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local_aws.data_plane.processes import Spawner
from local_aws.ecs.images import Images
from local_aws.ecs.service_tasks import Rollout, ServiceTasks
from local_aws.ecs.tasks import Task, TaskSpec
from local_aws.elb.load_balancers import Balancers

_LOG = logging.getLogger(__name__)
_TICK_SECONDS = 0.1


@dataclass(frozen=True)
class ServiceKey:
    """A service: region, cluster name, service name."""

    region: str
    cluster: str
    service: str

    @property
    def resource(self) -> str:
        """Its name in application autoscaling."""
        return f"service/{self.cluster}/{self.service}"


@dataclass(frozen=True)
class Limits:
    """Autoscaling's limits of a desired count."""

    minimum: int
    maximum: int

    def within(self, desired: int) -> int:
        """The nearest count that keeps the limits."""
        return max(self.minimum, min(desired, self.maximum))


class Scheduler:
    """One thread that lets every service do its next step ten times a second; ``images`` are the commands of tasks."""

    def __init__(self, spawner: Spawner, directory: Path, balancers: Balancers, images: Images) -> None:
        self.services: dict[ServiceKey, ServiceTasks] = {}
        self.dead: set[str] = set()
        self.least_pending_seconds = 0.0
        """How long a task that starts from now on is PENDING at least."""
        self.limits_of: Callable[[ServiceKey], Limits | None] = lambda _: None
        self._images = images
        self._spawner = spawner
        self._directory = directory
        self._balancers = balancers
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._tick_for_ever, name="scheduler", daemon=True)
        self._thread.start()

    def add(
        self, key: ServiceKey, definition_arn: str, desired: int, spec: Callable[[Rollout], TaskSpec]
    ) -> ServiceTasks:
        """Begin to run a service; ``spec`` returns what a task of a rollout runs."""

        def launch(rollout: Rollout) -> Task:
            return Task(spec(rollout), self._images, self._spawner, self._directory, self.least_pending_seconds)

        service = ServiceTasks(definition_arn, desired, launch)
        with self._lock:
            self.services[key] = service
        return service

    def tasks(self, region: str, cluster: str) -> list[Task]:
        """All tasks of a cluster, the newest first, some of the stopped ones included."""
        found = [
            task
            for key, service in list(self.services.items())
            if (key.region, key.cluster) == (region, cluster)
            for task in list(service.tasks)
        ]
        return sorted(found, key=lambda task: task.stopped_at or task.created_at, reverse=True)

    def kill_region(self, region: str) -> None:
        """SIGKILL all tasks of a region and start none until it is revived."""
        with self._lock:
            self.dead.add(region)
            for task in self._of(region):
                task.lose()

    def revive_region(self, region: str) -> None:
        """Let the region's services run again at the counts they had."""
        with self._lock:
            self.dead.discard(region)

    def halt(self) -> None:
        """Start and stop no more tasks."""
        self._closing.set()

    def close(self) -> None:
        """Stop scheduling and SIGKILL all tasks."""
        self.halt()
        with self._lock:
            tasks = [task for service in self.services.values() for task in service.tasks]
            for task in tasks:
                task.lose()
        for task in tasks:
            task.join(1)

    def _of(self, region: str) -> list[Task]:
        return [task for key, service in self.services.items() if key.region == region for task in service.tasks]

    def _tick_for_ever(self) -> None:
        while not self._closing.wait(_TICK_SECONDS):
            with self._lock:
                try:
                    self._tick()
                except Exception:  # without this thread nothing would run any more; the next look is another one
                    _LOG.exception("a look of the scheduler")

    def _tick(self) -> None:
        if self._closing.is_set():
            return
        ports: dict[str, list[int]] = {}
        for key, service in list(self.services.items()):
            if key.region in self.dead:
                continue
            self._step(key, service)
            tasks = [task for task in service.tasks if task.listens and task.wanted]
            ports.setdefault(key.region, []).extend(task.port for task in tasks if task.last_status == "RUNNING")
        for region, targets in ports.items():
            self._balancers.tell(region, targets)

    def _step(self, key: ServiceKey, service: ServiceTasks) -> None:
        try:
            limits = self.limits_of(key)
            if limits is not None:
                service.desired = limits.within(service.desired)
            service.tick()
        except Exception:  # one broken service must not stop the others
            _LOG.exception("service %s", key.resource)
