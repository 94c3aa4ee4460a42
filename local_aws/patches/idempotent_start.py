"""Starting an execution twice under one name.

Upstream refuses every second start under the same name, and lets a nested synchronous start overwrite an execution of
that name. On AWS a start with the same name and input as a running execution succeeds and returns that execution;
any other reuse is ``ExecutionAlreadyExists``, in a state machine ``StepFunctions.ExecutionAlreadyExistsException``.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local_aws.patch_context import PatchContext

REQUIRES = tuple(
    f"ministack.services.stepfunctions:{name}"
    for name in (
        "_start_execution",
        "_start_sync_execution",
        "_resolve_state_machine_arn",
        "_executions",
        "_state_machines",
        "_invoke_nested_start_execution",
        "_invoke_nested_start_execution_sync",
        "_ExecutionError",
        "json_response",
        "error_response_json",
        "get_region",
        "get_account_id",
    )
)

_UPSTREAM_NAME = "ExecutionAlreadyExists"
_MACHINE_NAME = "StepFunctions.ExecutionAlreadyExistsException"


def apply(_world: PatchContext) -> None:
    """Make starts idempotent and let nested starts refuse a used name."""
    stepfunctions._start_execution = _idempotent(stepfunctions._start_execution)
    stepfunctions._start_sync_execution = _refusing(stepfunctions._start_sync_execution)
    for name in ("_invoke_nested_start_execution", "_invoke_nested_start_execution_sync"):
        setattr(stepfunctions, name, _renaming(getattr(stepfunctions, name)))


def _idempotent(start: Callable[..., Any]) -> Callable[..., Any]:
    def start_idempotently(data: dict[str, Any]) -> Any:
        found = _existing(data)
        if found and found["status"] == "RUNNING" and found["input"] == data.get("input", "{}"):
            answer = {"executionArn": found["executionArn"], "startDate": found["startDate"]}
            return stepfunctions.json_response(answer)
        return start(data)

    return start_idempotently


def _refusing(start: Callable[..., Any]) -> Callable[..., Any]:
    def start_unless_used(data: dict[str, Any]) -> Any:
        if found := _existing(data):
            message = f"Execution Already Exists: '{found['executionArn']}'"
            return stepfunctions.error_response_json(_UPSTREAM_NAME, message, 400)
        return start(data)

    return start_unless_used


def _renaming(invoke: Callable[..., Any]) -> Callable[..., Any]:
    def invoke_renaming(resource: str, data: dict[str, Any]) -> Any:
        try:
            return invoke(resource, data)
        except stepfunctions._ExecutionError as error:
            if error.error == _UPSTREAM_NAME:
                raise stepfunctions._ExecutionError(_MACHINE_NAME, error.cause) from error
            raise

    return invoke_renaming


def _existing(data: dict[str, Any]) -> dict[str, Any] | None:
    name = data.get("name")
    machine = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", "").split("#")[0])
    if not name or machine is None:
        return None
    machine_name = stepfunctions._state_machines[machine]["name"]
    scope = f"{stepfunctions.get_region()}:{stepfunctions.get_account_id()}"
    found: dict[str, Any] | None = stepfunctions._executions.get(
        f"arn:aws:states:{scope}:execution:{machine_name}:{name}"
    )
    return found
