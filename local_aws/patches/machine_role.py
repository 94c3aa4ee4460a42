"""A state machine may do what its role allows.

Upstream lets every state machine start every function and every other machine. AWS asks the machine's role for
``lambda:InvokeFunction`` and ``states:StartExecution``; without it the task fails with ``Lambda.AWSLambdaException`` or
``StepFunctions.AWSStepFunctionsException``. Its other calls are made as the role too: see ``machine_calls``.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import lambda_svc, stepfunctions, sts

from local_aws.patch_context import PatchContext
from local_aws.patches.machine_timeout import current_execution

REQUIRES = (
    "ministack.core.iam_evaluator:enforce",
    "ministack.services.lambda_svc:_get_func_record_for_ref",
    "ministack.services.sts:register_session",
    "ministack.services.stepfunctions:_call_lambda",
    "ministack.services.stepfunctions:_invoke_nested_start_execution",
    "ministack.services.stepfunctions:_invoke_nested_start_execution_sync",
    "ministack.services.stepfunctions:_nested_start_execution_request",
)


@dataclass(frozen=True)
class RoleSession:
    """Temporary credentials of a machine's role. ``machine`` is the name of the state machine that acts."""

    role: str
    machine: str
    region: str
    access_key: str
    secret_key: str
    token: str


def apply(_world: PatchContext) -> None:
    """Ask the role before a function or another machine is started."""
    stepfunctions._call_lambda = _checked_call(stepfunctions._call_lambda)
    for name in ("_invoke_nested_start_execution", "_invoke_nested_start_execution_sync"):
        setattr(stepfunctions, name, _checked_start(getattr(stepfunctions, name)))


def session() -> RoleSession | None:
    """Return a session of the role of the machine this thread works for, None outside of an execution."""
    execution = stepfunctions._executions.get(current_execution.get())
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
    if machine is None:
        return None
    region, account = machine["stateMachineArn"].split(":")[3:5]
    return _open_session(machine["roleArn"], machine["name"], region, account)


def _open_session(role: str, machine: str, region: str, account: str) -> RoleSession:
    digest = hashlib.sha256(f"{region}:{machine}:{role}".encode()).hexdigest()
    opened = RoleSession(
        role=role,
        machine=machine,
        region=region,
        access_key=f"ASIA{digest[:16].upper()}",
        secret_key=hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
        token=hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
    )
    role_name = role.rsplit("/", 1)[-1]
    sts.register_session(
        opened.access_key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{machine[:64]}",
            "UserId": f"{role_name}:{machine[:64]}",
            "SecretAccessKey": opened.secret_key,
            "SessionToken": opened.token,
        },
    )
    return opened


def _checked_call(call: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def call_if_allowed(reference: str, event: Any) -> Any:
        _function, config, _name = lambda_svc._get_func_record_for_ref(reference)
        if config:
            _require("lambda:InvokeFunction", "lambda", config["FunctionArn"], "Lambda.AWSLambdaException")
        return call(reference, event)

    return call_if_allowed


def _checked_start(start: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def start_if_allowed(resource: str, data: Any) -> Any:
        machine = stepfunctions._nested_start_execution_request(data)["stateMachineArn"]
        _require("states:StartExecution", "states", machine, "StepFunctions.AWSStepFunctionsException")
        return start(resource, data)

    return start_if_allowed


def _require(action: str, service: str, resource: str, error: str) -> None:
    acting = session()
    if acting is None:
        return
    if iam_evaluator.enforce(acting.access_key, action, service, acting.region, resource_arn=resource):
        cause = f"User: {acting.role} is not authorized to perform: {action} on resource: {resource}"
        raise stepfunctions._ExecutionError(error, cause)
