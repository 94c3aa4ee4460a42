"""What every state machine retries, how often, and what it never retries."""

from __future__ import annotations

import pytest

from stacks.asl import INVOKE_AND_AWAIT
from tests.machines.asl import Scope, machine, of_type

TRANSIENT = {
    "lambda": {"Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
               "Lambda.TooManyRequestsException", "Throttled", "ServiceUnreachable"},
    "execution": {"StepFunctions.ExecutionLimitExceededException", "StepFunctions.ThrottlingException"},
}  # fmt: skip


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
        assert 0 < retry["MaxAttempts"] <= 20
        assert 0 < retry["IntervalSeconds"] <= retry["MaxDelaySeconds"] <= 60
        assert retry["BackoffRate"] > 1
        waking = retry["ErrorEquals"] == ["Lambda.ResourceNotReadyException"]
        assert waking or retry["JitterStrategy"] == "FULL", "a herd that retries in step is throttled again"


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_a_retry_never_covers_a_refusal_of_the_guard(scope: Scope, name: str) -> None:
    retried = {error for retry in scope.states[name]["Retry"] for error in retry["ErrorEquals"]}
    assert not retried & {"LeaseLost", "EpochStale", "GateNotPassed", "AutomationPaused", "BadSignal", "States.ALL"}
