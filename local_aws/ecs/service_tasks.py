"""The tasks of one service: how many there are, and how many there should be."""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from local_aws.ecs.tasks import Task

_KEPT_STOPPED = 50
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0


@dataclass
class Rollout:
    """One deployment of a task definition. Once completed it stays so, also when the service is scaled later."""

    definition_arn: str
    id: str = field(default_factory=lambda: f"ecs-svc/{uuid.uuid4().int % 10**19:019d}")
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    completed: bool = False
    failed_tasks: int = 0
    failed_in_a_row: int = 0
    not_before: float = 0.0


class ServiceTasks:
    """Keeps ``desired`` tasks of the newest rollout running. ``tick`` does the next step and never waits for a task.

    A thread of the API begins a rollout, while the scheduler's thread removes those that are complete.
    """

    def __init__(self, definition_arn: str, desired: int, launch: Callable[[Rollout], Task]) -> None:
        self.desired = desired
        self.rollouts = [Rollout(definition_arn)]
        self.tasks: list[Task] = []
        self._launch = launch
        self._noted: set[str] = set()
        self._lock = threading.Lock()

    @property
    def primary(self) -> Rollout:
        """The newest rollout."""
        return self.rollouts[0]

    def roll_out(self, definition_arn: str) -> None:
        """Begin to replace all tasks by tasks of this definition."""
        with self._lock:
            self.rollouts.insert(0, Rollout(definition_arn))

    def running(self, rollout: Rollout | None = None) -> int:
        """Tasks that answer their health check; of all rollouts when none is given."""
        return sum(task.last_status == "RUNNING" and task.wanted for task in self._of(rollout))

    def pending(self, rollout: Rollout | None = None) -> int:
        """Tasks that do not yet answer; of all rollouts when none is given."""
        return sum(task.last_status == "PENDING" and task.wanted for task in self._of(rollout))

    def tick(self) -> None:
        """Note what ended, start what is missing, stop what is too much."""
        with self._lock:
            self._step()

    def _step(self) -> None:
        self._note_ended()
        self._fill()
        self._thin(self.primary, self.desired)
        room = max(0, self.desired - self.running(self.primary))
        for rollout in self.rollouts[1:]:
            self._thin(rollout, room)
            room = max(0, room - self.running(rollout) - self.pending(rollout))
        self.rollouts = [r for r in self.rollouts if r is self.primary or any(t.wanted for t in self._of(r))]
        if len(self.rollouts) == 1 and self.running() == self.desired and not self.primary.completed:
            self.primary.completed = True
            self.primary.updated_at = datetime.now(UTC)

    def _of(self, rollout: Rollout | None) -> list[Task]:
        return [task for task in self.tasks if rollout is None or task.spec.rollout == rollout.id]

    def _note_ended(self) -> None:
        for task in self.tasks:
            if task.last_status == "RUNNING" and task.spec.rollout == self.primary.id:
                self.primary.failed_in_a_row = 0
            if task.last_status == "STOPPED" and task.id not in self._noted:
                self._noted.add(task.id)
                self._note(task)
        stopped = [task for task in self.tasks if task.last_status == "STOPPED"]
        for task in stopped[: max(0, len(stopped) - _KEPT_STOPPED)]:
            self.tasks.remove(task)

    def _note(self, task: Task) -> None:
        if task.stop_code not in {"EssentialContainerExited", "TaskFailedToStart"}:
            return
        rollout = self.primary
        if task.spec.rollout == rollout.id:
            rollout.failed_tasks += 1
            rollout.failed_in_a_row += 1
            pause = min(_FIRST_PAUSE * 2 ** (rollout.failed_in_a_row - 1), _LONGEST_PAUSE)
            rollout.not_before = time.monotonic() + pause

    def _fill(self) -> None:
        if time.monotonic() < self.primary.not_before:
            return
        there = self.running(self.primary) + self.pending(self.primary)
        for _ in range(self.desired - there):
            self.tasks.append(self._launch(self.primary))

    def _thin(self, rollout: Rollout, room: int) -> None:
        wanted = [task for task in self._of(rollout) if task.wanted]
        wanted.sort(key=lambda task: task.last_status == "PENDING", reverse=True)
        for task in wanted[: max(0, len(wanted) - room)]:
            task.stop(f"Scaling activity initiated by (deployment {self.primary.id})", "ServiceSchedulerInitiated")
