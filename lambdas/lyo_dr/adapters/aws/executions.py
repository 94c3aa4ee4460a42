"""Step Functions: starting the one door."""

from __future__ import annotations

from botocore.exceptions import ClientError

from lyo_dr.adapters.aws.session import calling, client


def start(machine_arn: str, name: str, canonical_input: str, region: str) -> bool:
    """Start an execution; False when it already exists.

    The same name with the same input while it runs counts as success, with a closed one it raises
    ``ExecutionAlreadyExists`` (Step Functions API reference, StartExecution): both mean "already done".
    """
    with calling(f"starting {name}"):
        try:
            client("stepfunctions", region).start_execution(
                stateMachineArn=machine_arn, name=name, input=canonical_input
            )
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] == "ExecutionAlreadyExists":
                return False
            raise
    return True
