"""The States Language as our machines use it: a contract with the emulator, so that a new version cannot bend it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.local import LocalAws
from tests.local_aws.builders import (
    ACCOUNT,
    WEST,
    ended,
    eventually,
    given_function,
    given_machine,
    given_queue,
    given_role,
    messages,
    start,
    unique,
)
from tests.local_aws.emulator.asl_table import CASES, START_SYNC, Case, passing

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
COUNTING = """
import boto3
class NotReady(Exception): pass
class Hopeless(Exception): pass
def handler(event, context):
    if event["fails"] == "always":
        raise Hopeless("never")
    table = boto3.client("dynamodb")
    key = {"id": {"S": event["key"]}}
    add = {"UpdateExpression": "ADD tries :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    found = table.update_item(TableName=event["table"], Key=key, ReturnValues="ALL_NEW", **add)
    if int(found["Attributes"]["tries"]["N"]) <= int(event["fails"]):
        raise NotReady("soon")
    return int(found["Attributes"]["tries"]["N"])
"""


@pytest.fixture(scope="module")
def role(whole_aws: LocalAws) -> str:
    return given_role(whole_aws, EVERYTHING)


@pytest.fixture(scope="module")
def counting(whole_aws: LocalAws, role: str) -> dict[str, Any]:
    """A function that fails as often as it is told, and the table it counts in: parameters of a task."""
    table = unique("table")
    whole_aws.client("dynamodb", WEST).create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    function = given_function(whole_aws, WEST, COUNTING, role)
    return {"Type": "Task", "Resource": function, "Parameters": {"table": table, "key.$": "$.key", "fails.$": "$.n"}}


def _run(aws: LocalAws, role: str, states: dict[str, Any], given: Any, **more: Any) -> dict[str, Any]:
    return ended(aws, start(aws, given_machine(aws, WEST, states, role, **more), given=json.dumps(given)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_a_machine_ends_as_on_aws(aws: LocalAws, role: str, case: Case) -> None:
    found = _run(aws, role, case.states, case.given)
    if case.error:
        assert (found["status"], found["error"]) == ("FAILED", case.error)
        assert case.cause in found.get("cause", "")
    else:
        assert (found["status"], json.loads(found.get("output", "null"))) == ("SUCCEEDED", case.output)


def test_the_context_names_execution_machine_and_state(aws: LocalAws, role: str) -> None:
    context = {
        "id.$": "$$.Execution.Id",
        "name.$": "$$.Execution.Name",
        "start.$": "$$.Execution.StartTime",
        "input.$": "$$.Execution.Input",
        "machine.$": "$$.StateMachine.Name",
        "state.$": "$$.State.Name",
    }
    machine, name = given_machine(aws, WEST, {"P": passing(Parameters=context)}, role), unique("incident")
    execution = start(aws, machine, name, '{"a": 1}')
    found = json.loads(ended(aws, execution)["output"])
    assert found.pop("start").endswith("Z")
    assert found == {
        "id": execution,
        "name": name,
        "input": {"a": 1},
        "machine": machine.rsplit(":", 1)[-1],
        "state": "P",
    }


def test_a_task_is_retried_as_often_as_it_may(aws: LocalAws, role: str, counting: dict[str, Any]) -> None:
    retry = [{"ErrorEquals": ["NotReady"], "IntervalSeconds": 1, "MaxDelaySeconds": 1, "MaxAttempts": 2}]
    states = {"T": {**counting, "Retry": retry, "End": True}}
    found = _run(aws, role, states, {"key": unique("k"), "n": "2"})
    assert (found["status"], found["output"]) == ("SUCCEEDED", "3")
    found = _run(aws, role, states, {"key": unique("k"), "n": "3"})
    assert (found["status"], found["error"]) == ("FAILED", "NotReady")


def test_an_error_no_retrier_names_is_caught_at_once_with_its_cause(
    aws: LocalAws, role: str, counting: dict[str, Any]
) -> None:
    task = {
        **counting,
        "Retry": [{"ErrorEquals": ["NotReady"], "IntervalSeconds": 100, "MaxAttempts": 9}],
        "Catch": [{"ErrorEquals": ["Hopeless"], "ResultPath": "$.failure", "Next": "N"}],
        "End": True,
    }
    found = _run(aws, role, {"T": task, "N": passing()}, {"key": "k", "n": "always"})
    output = json.loads(found["output"])
    assert (output["key"], output["failure"]["Error"]) == ("k", "Hopeless")
    assert json.loads(output["failure"]["Cause"])["errorMessage"] == "never"


def test_a_task_that_takes_too_long_is_a_timeout_that_can_be_caught(aws: LocalAws, role: str) -> None:
    function = given_function(aws, WEST, "import time\ndef handler(e, c): time.sleep(5)", role)
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "N"}]
    task = {"Type": "Task", "Resource": function, "TimeoutSeconds": 1, "Catch": catch, "End": True}
    assert _run(aws, role, {"T": task, "N": passing(Result="late")}, {})["output"] == '"late"'


def test_a_limit_that_comes_with_the_input_holds(aws: LocalAws, role: str) -> None:
    function = given_function(aws, WEST, "import time\ndef handler(e, c): time.sleep(5)", role)
    task = {"Type": "Task", "Resource": function, "TimeoutSecondsPath": "$.limit", "End": True}
    assert _run(aws, role, {"T": task}, {"limit": 1})["error"] == "States.Timeout"


def test_a_child_gives_its_output_as_a_value(aws: LocalAws, role: str) -> None:
    child = given_machine(aws, WEST, {"P": passing(Parameters={"got.$": "$.x"})}, role)
    parameters = {"StateMachineArn": child, "Name.$": "States.Format('{}-child', $$.Execution.Name)", "Input": {"x": 1}}
    select = {"got.$": "$.Output.got", "status.$": "$.Status"}
    states = {
        "T": {"Type": "Task", "Resource": START_SYNC, "Parameters": parameters, "ResultSelector": select, "End": True}
    }
    name = unique("parent")
    found = ended(aws, start(aws, given_machine(aws, WEST, states, role), name))
    assert json.loads(found["output"]) == {"got": 1, "status": "SUCCEEDED"}
    arn = child.replace(":stateMachine:", ":execution:") + f":{name}-child"
    assert aws.client("stepfunctions", WEST).describe_execution(executionArn=arn)["status"] == "SUCCEEDED"


def test_a_child_nobody_waits_for_goes_on_by_itself(aws: LocalAws, role: str) -> None:
    child = given_machine(aws, WEST, {"W": {"Type": "Wait", "Seconds": 60, "End": True}}, role)
    parameters = {"StateMachineArn": child, "Input": {}}
    task = {"Type": "Task", "Resource": START_SYNC.removesuffix(".sync:2"), "Parameters": parameters, "End": True}
    found = json.loads(_run(aws, role, {"T": task}, {})["output"])
    states = aws.client("stepfunctions", WEST)
    assert states.describe_execution(executionArn=found["ExecutionArn"])["status"] == "RUNNING"
    states.stop_execution(executionArn=found["ExecutionArn"])


class _Asked:
    """A task that has put its token into a queue and waits."""

    def __init__(self, aws: LocalAws, role: str, **more: Any) -> None:
        url, _ = given_queue(aws, WEST)
        body = {"token.$": "$$.Task.Token"}
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": url, "MessageBody": body},
            "End": True,
            **more,
        }
        self.aws, self.url = aws, url
        self.execution = start(aws, given_machine(aws, WEST, {"Ask": task, "N": passing()}, role), given='{"limit": 1}')
        self.token = self.next_token()
        self.states = aws.client("stepfunctions", WEST)

    def next_token(self) -> str:
        (found,) = eventually(lambda: messages(self.aws, WEST, self.url))
        return str(found["token"])

    def refuses(self, **answer: Any) -> str:
        """Answer, and say with which code that is refused."""
        with pytest.raises(ClientError) as refused:
            self.states.send_task_success(**{"taskToken": self.token, "output": "{}", **answer})
        return str(refused.value.response["Error"]["Code"])


def test_a_task_goes_on_with_the_answer_to_its_token_and_takes_no_second(aws: LocalAws, role: str) -> None:
    asked = _Asked(aws, role)
    assert asked.refuses(output="no JSON") == "InvalidOutput"
    asked.states.send_task_success(taskToken=asked.token, output='{"by": "Ada"}')
    assert asked.refuses(output='{"by": "Bob"}') == "TaskTimedOut"
    assert json.loads(ended(aws, asked.execution)["output"]) == {"by": "Ada"}
    assert asked.refuses() == "TaskTimedOut"


def test_a_task_fails_with_the_error_it_is_answered_with(aws: LocalAws, role: str) -> None:
    asked = _Asked(aws, role, Catch=[{"ErrorEquals": ["Refused"], "Next": "N"}])
    asked.states.send_task_failure(taskToken=asked.token, error="Refused", cause="not today")
    assert json.loads(ended(aws, asked.execution)["output"]) == {"Error": "Refused", "Cause": "not today"}


@pytest.mark.parametrize("limit", [{"TimeoutSeconds": 1}, {"TimeoutSecondsPath": "$.limit"}])
def test_a_task_nobody_answers_times_out_and_an_answer_is_then_too_late(
    aws: LocalAws, role: str, limit: dict[str, Any]
) -> None:
    asked = _Asked(aws, role, **limit)
    assert ended(aws, asked.execution)["error"] == "States.Timeout"
    assert asked.refuses() == "TaskTimedOut"


def test_a_task_without_a_heartbeat_fails(aws: LocalAws, role: str) -> None:
    asked = _Asked(aws, role, HeartbeatSeconds=1)
    assert ended(aws, asked.execution)["error"] == "States.HeartbeatTimeout"


def test_each_attempt_has_its_own_token(aws: LocalAws, role: str) -> None:
    asked = _Asked(aws, role, Retry=[{"ErrorEquals": ["Again"], "IntervalSeconds": 1, "MaxAttempts": 1}])
    first = asked.token
    asked.states.send_task_failure(taskToken=first, error="Again", cause="")
    asked.token = asked.next_token()
    assert asked.token != first
    asked.states.send_task_success(taskToken=asked.token, output="1")
    assert ended(aws, asked.execution)["output"] == "1"


def test_a_token_of_an_execution_that_was_stopped_is_no_longer_good(aws: LocalAws, role: str) -> None:
    asked = _Asked(aws, role)
    asked.states.stop_execution(executionArn=asked.execution)
    assert eventually(lambda: asked.refuses() == "TaskTimedOut" or None)
    assert ended(aws, asked.execution)["status"] == "ABORTED"


def test_a_token_that_was_never_given_out_is_invalid(aws: LocalAws) -> None:
    states = aws.client("stepfunctions", WEST)
    for answer in (states.send_task_success, states.send_task_failure, states.send_task_heartbeat):
        more = {"output": "{}"} if answer == states.send_task_success else {}
        with pytest.raises(states.exceptions.InvalidToken):
            answer(taskToken="made-up", **more)


def test_a_function_that_fails_to_pass_the_token_on_fails_its_task(aws: LocalAws, role: str) -> None:
    code = "class MailboxFull(Exception): pass\ndef handler(e, c): raise MailboxFull(e['token'][:0] + 'full')"
    parameters = {"FunctionName": given_function(aws, WEST, code, role), "Payload": {"token.$": "$$.Task.Token"}}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": parameters,
        "End": True,
    }
    assert _run(aws, role, {"T": task}, {})["error"] == "MailboxFull"


def test_a_role_of_its_own_is_asked_before_a_token_is_answered(aws: LocalAws, role: str) -> None:
    from tests.local_aws.builders import acting_as

    asked = _Asked(aws, role)
    stranger = acting_as(aws, given_role(aws), "stepfunctions", WEST)
    with pytest.raises(ClientError, match="AccessDenied"):
        stranger.send_task_success(taskToken=asked.token, output="{}")
    asked.states.stop_execution(executionArn=asked.execution)
    assert ACCOUNT in asked.execution
