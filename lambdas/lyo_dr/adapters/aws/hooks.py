"""Calling functions and state machines of the user's: bounded in time and size, and never trusted."""

from __future__ import annotations

import json
from typing import Any

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.adapters.aws.stepfunctions import start
from lyo_dr.errors import NotFound


class NotTheContract(ValueError):
    """An answer is too long, or not JSON."""


class HookRaised(Exception):
    """The hook itself failed. The message has the class of its error and nothing of its text."""


def call_function(function: str, event: dict[str, Any], region: str, *, seconds: float, largest: int) -> Any:
    """Call a function once and wait ``seconds`` at most. Raises HookRaised, NotTheContract, and errors of the call.

    A function that failed answers with status 200 and ``FunctionError`` (Lambda API reference, Invoke).
    """
    with calling(f"calling {function}"):
        answer = client("lambda", region, read_seconds=seconds, attempts=1).invoke(
            FunctionName=function, Payload=json.dumps(event).encode()
        )
        text = answer["Payload"].read(largest + 1)
    content = _parsed(text, largest) if "FunctionError" not in answer else _error_type(text)
    if "FunctionError" in answer:
        raise HookRaised(content)
    return content


RUNNING = object()
"""Instead of an output: an execution may end well with ``null``."""


def run_machine(machine: str, execution: str, event: dict[str, Any], region: str, *, largest: int) -> Any:
    """The output of an execution; RUNNING while it runs. It is started where there is none yet: idempotent by its name.

    Raises HookRaised when it ended otherwise than well, NotTheContract, and errors of the call. An execution that was
    just started may not be known for a moment (Step Functions API reference, DescribeExecution).
    """
    found = _described(execution, region)
    if found is None:
        start(machine, execution.rpartition(":")[2], json.dumps(event), region)
        return RUNNING
    if found["status"] in ("RUNNING", "PENDING_REDRIVE"):
        return RUNNING
    if found["status"] != "SUCCEEDED":
        raise HookRaised(f"its execution ended as {found['status']}")
    return _parsed(found.get("output", "null").encode(), largest)


def _described(execution: str, region: str) -> dict[str, Any] | None:
    try:
        with calling(f"asking for {execution.rpartition(':')[2]}"):
            found: dict[str, Any] = client("stepfunctions", region).describe_execution(executionArn=execution)
    except NotFound:
        return None
    return found


def _parsed(text: bytes, largest: int) -> Any:
    if len(text) > largest:
        raise NotTheContract(f"its answer is longer than {largest // 1024} KiB")
    try:
        return json.loads(text or b"null")
    except (ValueError, RecursionError):
        raise NotTheContract("its answer is not JSON") from None


def _error_type(text: bytes) -> str:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    kind = content.get("errorType") if isinstance(content, dict) else None
    return f"it raised {kind}" if isinstance(kind, str) else "it raised an error"
