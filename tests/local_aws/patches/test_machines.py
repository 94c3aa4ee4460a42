"""State machines: time limits, starts, retries, nesting, and the role they act as."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from local_aws.local import LocalAws
from local_aws.patches.retry_delay import delay
from tests.local_aws.builders import (
    WEST,
    ended,
    eventually,
    given_function,
    given_machine,
    given_role,
    policy,
    start,
    unique,
)

WAIT = {"Wait": {"Type": "Wait", "Seconds": 30, "End": True}}
DONE = {"Done": {"Type": "Pass", "End": True}}


def _task(resource: str, parameters: object, **more: object) -> dict[str, object]:
    return {"Task": {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}}


def test_a_machine_ends_timed_out_after_its_own_time(aws: LocalAws) -> None:
    found = ended(aws, start(aws, given_machine(aws, WEST, WAIT, TimeoutSeconds=1)))
    assert found["status"] == "TIMED_OUT"
    assert "output" not in found


def test_a_machine_that_times_out_takes_its_nested_execution_along(aws: LocalAws) -> None:
    child = given_machine(aws, WEST, WAIT)
    nested = _task("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": child, "Input": {}})
    assert ended(aws, start(aws, given_machine(aws, WEST, nested, TimeoutSeconds=1)))["status"] == "TIMED_OUT"
    states = aws.client("stepfunctions", WEST)

    def aborted() -> bool:
        executions = states.list_executions(stateMachineArn=child)["executions"]
        return [execution["status"] for execution in executions] == ["ABORTED"]

    assert eventually(aborted)


def test_a_parent_sees_a_nested_execution_that_timed_out_as_a_failed_task_with_its_status(aws: LocalAws) -> None:
    """At once, and not when the wait in which it timed out would have been over."""
    child = given_machine(aws, WEST, {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}, TimeoutSeconds=1)
    nested = _task("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": child, "Input": {}})
    found = ended(aws, start(aws, given_machine(aws, WEST, nested, TimeoutSeconds=60)))
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(found["cause"])["Status"] == "TIMED_OUT"


def test_an_execution_enters_its_first_state_without_a_pause(aws: LocalAws) -> None:
    """The shortest of many: a busy machine lengthens some of them, the emulator's pause all."""
    machine = given_machine(aws, WEST, DONE)
    states = aws.client("stepfunctions", WEST)

    def pause() -> float:
        execution = start(aws, machine)
        ended(aws, execution)
        started, entered = states.get_execution_history(executionArn=execution)["events"][:2]
        return float((entered["timestamp"] - started["timestamp"]).total_seconds())

    assert min(pause() for _ in range(10)) < 0.15


def test_starting_twice_with_the_same_name_and_input_is_one_execution(aws: LocalAws) -> None:
    machine, name = given_machine(aws, WEST, WAIT), unique("incident")
    first = start(aws, machine, name, '{"a": 1}')
    assert start(aws, machine, name, '{"a": 1}') == first
    aws.client("stepfunctions", WEST).stop_execution(executionArn=first)


def test_starting_twice_with_another_input_is_refused(aws: LocalAws) -> None:
    machine, name = given_machine(aws, WEST, WAIT), unique("incident")
    first = start(aws, machine, name, '{"a": 1}')
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        start(aws, machine, name, '{"a": 2}')
    aws.client("stepfunctions", WEST).stop_execution(executionArn=first)


def test_a_nested_start_under_a_used_name_is_refused(aws: LocalAws) -> None:
    child, name = given_machine(aws, WEST, DONE), unique("child")
    parameters = {"StateMachineArn": child, "Name": name, "Input": {}}
    parent = given_machine(aws, WEST, _task("arn:aws:states:::states:startExecution.sync:2", parameters))
    assert ended(aws, start(aws, parent))["status"] == "SUCCEEDED"
    assert ended(aws, start(aws, parent))["error"] == "StepFunctions.ExecutionAlreadyExistsException"


def test_a_failed_child_is_a_failed_task_whose_cause_tells_the_childs_error(aws: LocalAws) -> None:
    child = given_machine(aws, WEST, {"No": {"Type": "Fail", "Error": "LeaseLost", "Cause": "epoch 7"}})
    parameters = {"StateMachineArn": child, "Input": {}}
    parent = given_machine(aws, WEST, _task("arn:aws:states:::states:startExecution.sync:2", parameters))
    found = ended(aws, start(aws, parent))
    assert found["error"] == "States.TaskFailed"
    cause = json.loads(found["cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "LeaseLost", "epoch 7")


def test_a_retry_names_the_class_of_the_exception_and_waits_no_longer_than_its_maximum(aws: LocalAws) -> None:
    code = "class NotReady(Exception): pass\ndef handler(e, c): raise NotReady('soon')"
    function = given_function(aws, WEST, code)
    retry = {"ErrorEquals": ["NotReady"], "IntervalSeconds": 100, "MaxDelaySeconds": 1, "MaxAttempts": 1}
    catch = {"ErrorEquals": ["NotReady"], "Next": "Caught"}
    states = {
        "Try": {"Type": "Task", "Resource": function, "Retry": [retry], "Catch": [catch], "End": True},
        "Caught": {"Type": "Pass", "Result": "caught", "End": True},
    }
    before = time.monotonic()
    found = ended(aws, start(aws, given_machine(aws, WEST, states)))
    assert (found["status"], found["output"]) == ("SUCCEEDED", '"caught"')
    assert time.monotonic() - before < 15


def test_every_try_of_a_state_is_told_its_number_and_when_the_state_was_entered(aws: LocalAws) -> None:
    """The context object (developer guide): ``RetryCount`` counts, ``EnteredTime`` stays."""
    code = (
        "import json\n"
        "class NotReady(Exception): pass\n"
        "def handler(e, c):\n"
        "    if e['retries'] < 2: raise NotReady(json.dumps(e))\n"
        "    return e"
    )
    attempt = {"entered.$": "$$.State.EnteredTime", "retries.$": "$$.State.RetryCount"}
    retry = {"ErrorEquals": ["NotReady"], "IntervalSeconds": 1, "MaxDelaySeconds": 1, "MaxAttempts": 3}
    execution = start(aws, given_machine(aws, WEST, _task(given_function(aws, WEST, code), attempt, Retry=[retry])))
    last = json.loads(ended(aws, execution)["output"])
    history = aws.client("stepfunctions", WEST).get_execution_history(executionArn=execution)["events"]
    failed = [event["taskFailedEventDetails"]["cause"] for event in history if "taskFailedEventDetails" in event]
    tries = [*(json.loads(json.loads(cause)["errorMessage"]) for cause in failed), last]
    assert [each["retries"] for each in tries] == [0, 1, 2]
    assert len({each["entered"] for each in tries}) == 1


def test_full_jitter_draws_the_delay_from_zero_to_the_computed_one() -> None:
    retrier = {"IntervalSeconds": 2, "BackoffRate": 2.0, "MaxDelaySeconds": 5, "JitterStrategy": "FULL"}
    drawn = [delay(retrier, 10) for _ in range(50)]
    assert all(0 <= seconds <= 5 for seconds in drawn)
    assert len(set(drawn)) > 1
    assert delay({"IntervalSeconds": 2}, 3) == 16


def test_an_sdk_call_of_a_machine_is_recorded_with_its_own_name(aws: LocalAws) -> None:
    machine = given_machine(aws, WEST, _task("arn:aws:states:::aws-sdk:rds:describeDBInstances", {}))
    assert ended(aws, start(aws, machine))["status"] == "SUCCEEDED"
    app = "machine." + machine.rsplit(":", 1)[-1]
    assert [(call["service"], call["op"]) for call in aws.calls() if call["app"] == app] == [
        ("rds", "DescribeDBInstances")
    ]


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::aws-sdk:rds:describeDBInstances",
        "arn:aws:states:::dynamodb:getItem",
    ],
)
def test_a_call_the_role_of_the_machine_does_not_allow_is_refused(aws: LocalAws, resource: str) -> None:
    parameters = {"TableName": "t", "Key": {"id": {"S": "1"}}} if "dynamodb" in resource else {}
    machine = given_machine(aws, WEST, _task(resource, parameters), role=given_role(aws))
    found = ended(aws, start(aws, machine))
    assert found["status"] == "FAILED"
    assert "AccessDenied" in found["error"]


def test_a_function_the_role_of_the_machine_may_not_invoke_is_not_started(aws: LocalAws) -> None:
    function = given_function(aws, WEST, "def handler(e, c): return 'ran'")
    machine = given_machine(aws, WEST, {"Run": {"Type": "Task", "Resource": function, "End": True}}, given_role(aws))
    assert ended(aws, start(aws, machine))["error"] == "Lambda.AWSLambdaException"


def test_a_function_the_role_of_the_machine_may_invoke_is_started(aws: LocalAws) -> None:
    function = given_function(aws, WEST, "def handler(e, c): return 'ran'")
    role = given_role(aws, policy("lambda:InvokeFunction", function))
    machine = given_machine(aws, WEST, {"Run": {"Type": "Task", "Resource": function, "End": True}}, role)
    assert ended(aws, start(aws, machine))["output"] == '"ran"'


def test_an_optimised_write_that_loses_its_condition_has_the_name_aws_gives_it(aws: LocalAws) -> None:
    table = unique("table")
    aws.client("dynamodb", WEST).create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"TableName": table, "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_not_exists(id)"}
    machine = given_machine(aws, WEST, _task("arn:aws:states:::dynamodb:putItem", item))
    assert ended(aws, start(aws, machine))["status"] == "SUCCEEDED"
    assert ended(aws, start(aws, machine))["error"] == "DynamoDB.ConditionalCheckFailedException"
