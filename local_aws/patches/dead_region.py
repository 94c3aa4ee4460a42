"""A region that is dead at its edge is dead inside.

Upstream delivers events, starts functions, fires schedules and runs executions inside the process, where no black hole
reaches them. When a region is black-holed as a whole its events and schedules are lost, its function processes are
killed, nothing starts there, and running executions stand still where they are until the region comes back.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import psutil
from ministack.core import lambda_runtime
from ministack.core.responses import get_region
from ministack.services import eventbridge, lambda_svc, stepfunctions

from local_aws.gateway.faults import FaultTable
from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.eventbridge:_dispatch_event",
    "ministack.services.eventbridge:_invoke_target",
    "ministack.services.lambda_svc:_execute_function_warm",
    "ministack.services.stepfunctions:_add_event",
    "ministack.core.lambda_runtime:_workers",
)

_LOOK_EVERY_SECONDS = 0.05


def apply(context: PatchContext) -> None:
    """Stop what happens inside a dead region."""
    faults = context.faults
    eventbridge._dispatch_event = _unless_dead(eventbridge._dispatch_event, faults)
    eventbridge._invoke_target = _unless_dead(eventbridge._invoke_target, faults)
    lambda_svc._execute_function_warm = _not_starting(lambda_svc._execute_function_warm, faults)
    stepfunctions._add_event = _standing_still(stepfunctions._add_event, faults)


def kill_workers_of_dead_regions(faults: FaultTable) -> None:
    """Kill every function process of a region that is dead."""
    for key, workers in list(lambda_runtime._workers.items()):
        if faults.is_dead(key.split(":")[1]):
            for worker in list(workers):
                _kill(worker)


def kill_worker_at(port: int) -> None:
    """Kill the function process that holds the client end of a connection from this local port."""
    for workers in list(lambda_runtime._workers.values()):
        for worker in list(workers):
            if worker._proc is not None and port in _local_ports(worker._proc.pid):
                _kill(worker)


def _local_ports(pid: int) -> set[int]:
    try:
        return {connection.laddr.port for connection in psutil.Process(pid).net_connections() if connection.laddr}
    except psutil.Error:
        return set()


def _kill(worker: Any) -> None:
    if worker._proc is not None:
        worker._proc.kill()


def _unless_dead(deliver: Callable[..., Any], faults: FaultTable) -> Callable[..., Any]:
    def deliver_if_alive(*args: Any, **kwargs: Any) -> Any:
        return None if faults.is_dead(get_region()) else deliver(*args, **kwargs)

    return deliver_if_alive


def _not_starting(execute: Callable[..., Any], faults: FaultTable) -> Callable[..., Any]:
    def execute_if_alive(*args: Any, **kwargs: Any) -> Any:
        if faults.is_dead(get_region()):
            body = {"errorType": "Runtime.ExitError", "errorMessage": f"{get_region()} is down"}
            return {"body": body, "error": True, "log": ""}
        return execute(*args, **kwargs)

    return execute_if_alive


def _standing_still(add: Callable[..., Any], faults: FaultTable) -> Callable[..., Any]:
    def add_when_alive(execution: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        region = execution["executionArn"].split(":")[3]
        while faults.is_dead(region) and not _on_event_loop():
            time.sleep(_LOOK_EVERY_SECONDS)
        return add(execution, *args, **kwargs)

    return add_when_alive


def _on_event_loop() -> bool:
    """Whether this thread serves requests: it must never wait."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
