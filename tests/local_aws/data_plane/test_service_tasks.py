"""The tasks of one service: a rollout that is begun at any moment replaces them."""

from __future__ import annotations

import itertools
import threading
from typing import Any, cast

import pytest

from local_aws.ecs.service_tasks import Rollout, ServiceTasks
from local_aws.ecs.tasks import Task, TaskSpec

_FIRST, _SECOND = "task-definition/app:1", "task-definition/app:2"


class Running:
    """A task that runs until it is stopped. ``asked`` is called whenever somebody asks whether it is wanted."""

    last_status = "RUNNING"
    stop_code: str | None = None

    def __init__(self, rollout: Rollout, asked: Any) -> None:
        self.id = f"{rollout.definition_arn}-{id(self)}"
        self.spec = TaskSpec("cluster", "app", rollout.definition_arn, "app", "app", rollout.id, dict)
        self._asked, self._wanted = asked, True

    @property
    def wanted(self) -> bool:
        """Whether it is meant to run on."""
        self._asked()
        return self._wanted

    def stop(self, _reason: str, code: str) -> None:
        """It ends at once."""
        self._wanted, self.stop_code, self.last_status = False, code, "STOPPED"


@pytest.mark.parametrize("nth", range(12))
def test_a_rollout_begun_while_those_that_are_over_are_tidied_up_is_not_forgotten(nth: int) -> None:
    """Whichever question the scheduler is just asking of a task: somebody else begins a rollout meanwhile."""
    begun, questions = threading.Thread(target=lambda: service_tasks.roll_out(_SECOND)), itertools.count()
    watching = threading.Event()

    def asked() -> None:
        if watching.is_set() and next(questions) == nth:
            begun.start()
            begun.join(0.05)

    service_tasks = ServiceTasks(_FIRST, 1, lambda rollout: cast(Task, Running(rollout, asked)))
    service_tasks.tick()
    service_tasks.roll_out(_FIRST)
    watching.set()
    for _ in range(3):
        service_tasks.tick()
    begun.join()
    for _ in range(3):
        service_tasks.tick()
    assert service_tasks.primary.definition_arn == _SECOND
    assert [task.spec.definition_arn for task in service_tasks.tasks if task.wanted] == [_SECOND]
