"""State machines that end in time.

Upstream ignores ``TimeoutSeconds`` of a state machine, lets a late failure overwrite ABORTED, gives an output to failed
executions, leaves a nested execution running when its parent ends, and lets a parent wait for one that has ended in a
Wait state until that is over. On AWS the machine ends TIMED_OUT, an end is final and known at once, a failed execution
has no output, and a parent takes its synchronous children along.
"""

import contextvars
import json
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import stepfunctions

from local_aws.patch_context import PatchContext

REQUIRES = tuple(
    f"ministack.services.stepfunctions:{name}"
    for name in (
        "_run_execution",
        "_fail_execution",
        "_stop_execution",
        "_executions",
        "_state_machines",
        "_add_event",
        "_emit_execution_status_event",
        "now_iso",
        "_scaled_sleep",
        "_SFN_WAIT_SCALE",
    )
)

# The execution this thread works for: the parent of every execution started synchronously from here.
current_execution: ContextVar[str] = ContextVar("current_execution", default="")

_PARENT = "parentExecutionArn"
_GLANCE = 0.1
"""Seconds between two looks whether an execution that waits has ended."""


def apply(_world: PatchContext) -> None:
    """Enforce the machine's own time limit and make ends final."""
    stepfunctions._run_execution = _limited(stepfunctions._run_execution)
    stepfunctions._fail_execution = _final(stepfunctions._fail_execution)
    stepfunctions._stop_execution = _with_children(stepfunctions._stop_execution)
    stepfunctions._scaled_sleep = _sleep


def time_limit(definition: str) -> float | None:
    """Return the machine's TimeoutSeconds in seconds, None when it has none."""
    try:
        seconds = json.loads(definition).get("TimeoutSeconds")
    except ValueError:
        return None
    return float(seconds) if seconds else None


def _sleep(seconds: float) -> None:
    """Wait, but no longer than the execution this thread works for."""
    execution = stepfunctions._executions.get(current_execution.get())
    ends = time.monotonic() + seconds * stepfunctions._SFN_WAIT_SCALE
    while (left := ends - time.monotonic()) > 0:
        if execution is not None and execution["status"] != "RUNNING":
            return
        time.sleep(min(left, _GLANCE))


def _limited(run: Callable[[str], None]) -> Callable[[str], None]:
    def run_limited(arn: str) -> None:
        execution = stepfunctions._executions.get(arn)
        if execution is None:
            return
        execution[_PARENT] = current_execution.get() if execution.get("sync") else ""
        token = current_execution.set(arn)
        timer = _timer(execution)
        try:
            run(arn)
        finally:
            current_execution.reset(token)
            if timer:
                timer.cancel()

    return run_limited


def _timer(execution: dict[str, Any]) -> threading.Timer | None:
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"])
    seconds = time_limit(machine["definition"]) if machine else None
    if seconds is None:
        return None
    # A thread starts with an empty context; account and region of the execution live in ours.
    context = contextvars.copy_context()
    timer = threading.Timer(seconds, context.run, (_time_out, execution))
    timer.daemon = True
    timer.start()
    return timer


def _time_out(execution: dict[str, Any]) -> None:
    if execution["status"] != "RUNNING":
        return
    execution.update(status="TIMED_OUT", stopDate=stepfunctions.now_iso(), error="States.Timeout")
    execution.pop("cause", None)
    details = {"executionTimedOutEventDetails": {"error": "States.Timeout"}}
    stepfunctions._add_event(execution, "ExecutionTimedOut", details)
    stepfunctions._emit_execution_status_event(execution)
    _stop_children(execution["executionArn"])


def _final(fail: Callable[..., None]) -> Callable[..., None]:
    def fail_once(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] != "RUNNING":
            return
        fail(execution, error, cause)
        execution["output"] = None

    return fail_once


def _with_children(stop: Callable[..., Any]) -> Callable[..., Any]:
    def stop_with_children(data: dict[str, Any]) -> Any:
        answer = stop(data)
        _stop_children(data.get("executionArn", ""))
        return answer

    return stop_with_children


def _stop_children(parent: str) -> None:
    for arn, execution in list(stepfunctions._executions.items()):
        if parent and execution.get(_PARENT) == parent and execution["status"] == "RUNNING":
            stepfunctions._stop_execution({"executionArn": arn})
