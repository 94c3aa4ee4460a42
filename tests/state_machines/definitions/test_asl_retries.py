"""What every state machine retries, how often, and what it never retries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from stacks.asl import INVOKE_AND_AWAIT
from stacks.asl_yaml import machine_files
from tests.state_machines.asl import Scope, machine, of_type, processes

TRANSIENT = {
    "lambda": {"Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
               "Lambda.TooManyRequestsException", "Throttled", "ServiceUnreachable"},
    "execution": {"StepFunctions.ExecutionLimitExceededException", "StepFunctions.ThrottlingException"},
}  # fmt: skip
NAMED = {
    "lambda_errors": "an API that does not answer, for as long as the stage lasts; a crash and a function that sleeps",
    "lambda_errors_beside": "what people read and what may be left out: six tries, and the recovery goes on",
    "execution_errors": "what AWS Step Functions asks to start again",
    "lambda_errors_briefly": "a replica that cannot be read is unknown, and a fence that does not come is left out",
    "lambda_and_database_errors": "a damaged database may break off a connection that compares it",
    "lambda_and_peer_errors": "no rotation begins before the other region has been heard",
}
"""The anchors of blocks of retries, each with what it is for."""


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_every_task_retries_what_passes_and_is_bounded(scope: Scope, name: str) -> None:
    task = scope.states[name]
    kind = "lambda" if task["Resource"].startswith("${") or task["Resource"] == INVOKE_AND_AWAIT else "execution"
    retried = {error for retry in task["Retry"] for error in retry["ErrorEquals"]}
    assert TRANSIENT[kind] <= retried
    assert 0 < task["TimeoutSeconds"] <= machine(scope.process)["TimeoutSeconds"]


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_every_retry_is_capped_and_spread(scope: Scope, name: str) -> None:
    for retry in scope.states[name]["Retry"]:
        if retry["ErrorEquals"] == ["AutomationPaused"]:
            continue
        assert 0 < retry["IntervalSeconds"] <= retry["MaxDelaySeconds"] <= 60
        assert retry["BackoffRate"] > 1
        waking = retry["ErrorEquals"] == ["Lambda.ResourceNotReadyException"]
        patient = retry["MaxAttempts"] > 20 or "JitterStrategy" not in retry
        assert waking or patient or retry["JitterStrategy"] == "FULL", "a herd that retries in step is throttled again"


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_a_retry_never_covers_a_refusal_of_the_guard(scope: Scope, name: str) -> None:
    retried = {error for retry in scope.states[name]["Retry"] for error in retry["ErrorEquals"]}
    assert not retried & {"LeaseLost", "EpochStale", "GateNotPassed", "BadSignal", "States.ALL"}
    assert not retried & {"AccessDenied", "NotFound", "WrongState", "AwsCallFailed", "NoAnswerInTime"}


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_fault_52_a_paused_step_waits_at_a_steady_pace_for_an_hour(scope: Scope, name: str) -> None:
    task = scope.states[name]
    waits = [retry for retry in task["Retry"] if "AutomationPaused" in retry["ErrorEquals"]]
    if not task["Resource"].startswith("${") and task["Resource"] != INVOKE_AND_AWAIT:
        assert waits == [], "a nested execution has waited itself"
        return
    (wait,) = waits
    assert (wait["ErrorEquals"], wait["BackoffRate"]) == (["AutomationPaused"], 1.0)
    assert wait["IntervalSeconds"] * wait["MaxAttempts"] == 3600
    assert "MaxDelaySeconds" not in wait


def _blocks(process: str) -> list[tuple[str, Any]]:
    """What stands behind each ``Retry:`` of the file, anchor or alias, with the block it stands for: both in order."""
    names = re.findall(r"^ *Retry: ([&*]\w+)$", machine_files()[process].read_text(encoding="utf-8"), re.MULTILINE)
    return list(zip(names, _retries(machine(process)), strict=True))


def _retries(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key == "Retry" else _retries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _retries(inner)


@pytest.mark.parametrize("process", processes())
def test_every_block_of_retries_has_a_name_and_is_written_once_in_a_file(process: str) -> None:
    blocks = _blocks(process)
    written = [name for name, _ in blocks if name.startswith("&")]
    assert {name[1:] for name, _ in blocks} <= set(NAMED)
    assert len(written) == len({json.dumps(block) for _, block in blocks}), "a block is written out twice"


def _without_numbers(block: Any) -> str:
    """A block without what follows from the stage of its file."""
    return json.dumps([{**retry, "MaxAttempts": 0, "MaxDelaySeconds": 0} for retry in block])


def test_blocks_of_one_name_are_the_same_in_all_files_and_every_name_is_used() -> None:
    found: dict[str, set[str]] = {}
    for process in processes():
        for name, block in _blocks(process):
            found.setdefault(name[1:], set()).add(_without_numbers(block))
    assert {name: len(blocks) for name, blocks in found.items()} == dict.fromkeys(NAMED, 1)
