"""Lambda: invoking another of our functions that alone has the needed access (such as SQL)."""

from __future__ import annotations

import json
from typing import Any

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import AwsCallFailed


def prepare(*regions: str, seconds: float = 10.0) -> None:
    """Build the clients before threads share them: botocore cannot do that in two threads at once."""
    for region in regions:
        with calling(f"preparing to ask functions in {region}"):
            client("lambda", region, read_seconds=seconds, attempts=1)


def invoke(function: str, payload: dict[str, Any], region: str, *, seconds: float = 10.0) -> Any:
    """Invoke a function once and wait ``seconds`` at most: it may not be idempotent.

    A function that failed answers with status 200 and ``FunctionError`` (Lambda API reference, Invoke); that raises
    AwsCallFailed with the class of its error and nothing of its message, which may quote anything.
    """
    with calling(f"asking {function}"):
        answer = client("lambda", region, read_seconds=seconds, attempts=1).invoke(
            FunctionName=function, Payload=json.dumps(payload).encode()
        )
        content = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        kind = content.get("errorType", "an error") if isinstance(content, dict) else "an error"
        raise AwsCallFailed(f"asking {function}: it failed with {kind}")
    return content


def hand_over(function: str, payload: dict[str, Any], region: str) -> None:
    """Let a function run on its own (asynchronous invocation); AWS Lambda keeps the event, and retries a failed run.

    One attempt of two seconds: what calls this does not wait.
    """
    with calling(f"handing over to {function}"):
        client("lambda", region, read_seconds=2.0, attempts=1).invoke(
            FunctionName=function, InvocationType="Event", Payload=json.dumps(payload).encode()
        )
