"""Tasks that wait until their token is handed back (``.waitForTaskToken``).

Upstream swallows the failure of the function that was to pass the token on, and then waits for ever; knows no
``TimeoutSecondsPath`` and no heartbeat there; goes on waiting when its execution has ended; gives every attempt the
same token; lets a second answer overwrite the first; takes output that is not JSON; and calls every token it does not
know ``TaskDoesNotExist``.

On AWS the task fails with the function's error, times out by its own limit or with ``States.HeartbeatTimeout``, and
ends with its execution. Each attempt has its own token, the first answer counts. A token whose task is over is
``TaskTimedOut``, one that was never given out ``InvalidToken``, and output that is not JSON ``InvalidOutput`` (API
reference of Step Functions, SendTaskSuccess).
"""

import contextvars
import json
import threading
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ministack.services import stepfunctions

from local_aws.patch_context import PatchContext
from local_aws.patches.machine_timeout import current_execution

_ANSWERS = ("_send_task_success", "_send_task_failure", "_send_task_heartbeat")

REQUIRES = tuple(
    f"ministack.services.stepfunctions:{name}"
    for name in (
        *_ANSWERS,
        "_invoke_with_callback",
        "_call_lambda",
        "_execute_task",
        "_executions",
        "_task_tokens",
        "_ExecutionError",
        "_resolve_path_or_ctx",
        "error_response_json",
        "json_response",
    )
)

_LOOK_EVERY_SECONDS = 0.1
_LIMITS = {"TimeoutSecondsPath": "TimeoutSeconds", "HeartbeatSecondsPath": "HeartbeatSeconds"}


@dataclass
class _Waiting:
    """A task that waits. ``info`` is what upstream keeps of its token, once it does."""

    token: str
    execution: dict[str, Any]
    heartbeat: float | None
    beaten: float

    @property
    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = stepfunctions._task_tokens.get(self.token) or {}
        return found

    @property
    def is_open(self) -> bool:
        """Whether an answer is still waited for."""
        info = self.info
        return bool(info) and not info["event"].is_set() and self.execution.get("status", "RUNNING") == "RUNNING"

    def fail(self, error: str, cause: str) -> None:
        """End the wait with an error, unless it has been answered."""
        info = self.info
        if info and not info["event"].is_set():
            info["error"] = {"Error": error, "Cause": cause}
            info["event"].set()


_given: dict[str, _Waiting] = {}
_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)
_context: ContextVar[dict[str, Any] | None] = ContextVar("context_object", default=None)


def apply(_world: PatchContext) -> None:
    """Resolve limits, watch waiting tasks, and check what comes back."""
    stepfunctions._execute_task = _with_limits(stepfunctions._execute_task)
    stepfunctions._invoke_with_callback = _watched(stepfunctions._invoke_with_callback)
    stepfunctions._call_lambda = _failing_its_task(stepfunctions._call_lambda)
    for name in _ANSWERS:
        setattr(stepfunctions, name, _checked(getattr(stepfunctions, name)))


def _with_limits(execute: Callable[..., Any]) -> Callable[..., Any]:
    def execute_within(state: dict[str, Any], given: Any, execution: Any, context: dict[str, Any]) -> Any:
        paths = {name: state[path] for path, name in _LIMITS.items() if path in state}
        limits = {name: stepfunctions._resolve_path_or_ctx(path, given, context) for name, path in paths.items()}
        marked = _context.set(context)
        try:
            return execute({**state, **limits}, given, execution, context)
        finally:
            _context.reset(marked)

    return execute_within


def _watched(wait: Callable[..., Any]) -> Callable[..., Any]:
    def wait_watched(resource: str, given: Any, token: str, state: dict[str, Any]) -> Any:
        execution = stepfunctions._executions.get(current_execution.get()) or {}
        task = _given[token] = _Waiting(token, execution, state.get("HeartbeatSeconds"), time.monotonic())
        over, marked = threading.Event(), _waiting.set(task)
        # A thread starts with an empty context; account and region of the execution live in ours.
        watch = (contextvars.copy_context().run, (_watch, task, over))
        threading.Thread(target=watch[0], args=watch[1], daemon=True, name="callback-watch").start()
        try:
            return wait(resource, given, token, state)
        finally:
            _waiting.reset(marked)
            over.set()
            if (context := _context.get()) is not None:
                context["Task"] = {"Token": str(uuid.uuid4())}  # of the next attempt, if there is one

    return wait_watched


def _watch(task: _Waiting, over: threading.Event) -> None:
    while not over.wait(_LOOK_EVERY_SECONDS):
        if task.execution.get("status", "RUNNING") != "RUNNING":
            task.fail("States.TaskFailed", "the execution has ended")
        if task.heartbeat and time.monotonic() - task.beaten > task.heartbeat:
            task.fail("States.HeartbeatTimeout", f"no heartbeat for {task.heartbeat} seconds")


def _failing_its_task(call: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def call_or_fail(reference: str, event: Any) -> Any:
        try:
            return call(reference, event)
        except stepfunctions._ExecutionError as error:
            if (task := _waiting.get()) is not None:
                task.fail(error.error, error.cause)
            raise

    return call_or_fail


def _checked(answer: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def answer_checked(data: dict[str, Any]) -> Any:
        task = _given.get(data.get("taskToken", ""))
        if task is None:
            return _refused("InvalidToken", "Invalid Token: 'Invalid token'")
        if not task.is_open:
            return _refused("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        if "output" in data and not _is_json(data["output"]):
            return _refused("InvalidOutput", "Invalid Output: 'The output is not valid JSON'")
        task.beaten = time.monotonic()
        return answer(data)

    return answer_checked


def _refused(code: str, message: str) -> Any:
    return stepfunctions.error_response_json(code, message, 400)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
