"""What a parent sees of a nested execution that did not succeed.

Upstream raises the child's own error name in the parent. AWS raises ``States.TaskFailed`` whatever the child failed
with, and puts the child's description, its Error and Cause among it, into the Cause as JSON.
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import stepfunctions

from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.services.stepfunctions:_nested_execution_failure",)

_MEMBERS = {
    "ExecutionArn": "executionArn",
    "Input": "input",
    "Name": "name",
    "StartDate": "startDate",
    "StateMachineArn": "stateMachineArn",
    "Status": "status",
    "StopDate": "stopDate",
    "Error": "error",
    "Cause": "cause",
}


def apply(_world: PatchContext) -> None:
    """Describe the failed child as AWS does."""
    stepfunctions._nested_execution_failure = failure


def failure(child: Mapping[str, Any]) -> tuple[str, str]:
    """Return error and cause for the parent."""
    cause = {name: child[member] for name, member in _MEMBERS.items() if child.get(member) is not None}
    return "States.TaskFailed", json.dumps(cause)
