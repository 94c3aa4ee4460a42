"""Step Functions: starting incidents, and returning a person's answer to the waiting execution."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from lyo_dr.adapters.aws.session import calling, client

_BRIEF: dict[str, Any] = {"read_seconds": 2.0, "attempts": 1}


def start(machine_arn: str, name: str, canonical_input: str, region: str, *, brief: bool = False) -> bool:
    """Start an execution; False when it already exists. ``brief``: once, for two seconds, in a region that may be gone.

    The same name with the same input while it runs counts as success, with a closed one it raises
    ``ExecutionAlreadyExists`` (Step Functions API reference, StartExecution): both mean "already done".
    """
    with calling(f"starting {name}"):
        try:
            client("stepfunctions", region, **_BRIEF if brief else {}).start_execution(
                stateMachineArn=machine_arn, name=name, input=canonical_input
            )
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] == "ExecutionAlreadyExists":
                return False
            raise
    return True


def running(machine_arn: str, region: str) -> list[str]:
    """Names of the executions that run, the newest first.

    What began within the last moments may be missing (Step Functions API reference, ListExecutions).
    """
    with calling(f"listing executions in {region}"):
        pages = client("stepfunctions", region).get_paginator("list_executions")
        found = [*pages.paginate(stateMachineArn=machine_arn, statusFilter="RUNNING")]
    return [each["name"] for page in found for each in page["executions"]]


def answer(token: str, canonical_output: str, region: str) -> None:
    """End the task that waits under ``token``.

    Raises TaskTokenExpired when it has ended (SendTaskSuccess: TaskTimedOut). The call is made once: the SDK would make
    one whose answer was lost again, and be told that the task it has just ended is over.

    The token is a bearer secret: it stands in no sentence and in no error.
    """
    with calling("handing on an answer"):
        client("stepfunctions", region, attempts=1).send_task_success(taskToken=token, output=canonical_output)
