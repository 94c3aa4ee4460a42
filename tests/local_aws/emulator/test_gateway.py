"""Faults over the wire: what a client sees, and what is written down."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, cast

import botocore.exceptions
import pytest

from local_aws.local import LocalAws, LocalAwsError
from tests.local_aws.builders import (
    ACCOUNT,
    EAST,
    IRELAND,
    WEST,
    ended,
    eventually,
    given_function,
    given_machine,
    given_queue,
    impatient,
    messages,
    ping,
    start,
    unique,
    workers,
)

READS = [
    ("rds", "describe_db_instances", "Throttling"),
    ("dynamodb", "list_tables", "ProvisionedThroughputExceededException"),
    ("stepfunctions", "list_state_machines", "ThrottlingException"),
    ("lambda", "list_functions", "TooManyRequestsException"),
    ("s3", "list_buckets", "SlowDown"),
    ("ec2", "describe_vpcs", "RequestLimitExceeded"),
    ("cloudwatch", "describe_alarms", "ThrottlingException"),
    ("route53", "list_hosted_zones", "ThrottlingException"),
    ("sns", "list_topics", "ThrottlingException"),
    ("secretsmanager", "list_secrets", "ThrottlingException"),
]


@pytest.mark.parametrize(("service", "method", "code"), READS)
def test_a_throttled_call_is_refused_in_the_words_of_its_service(
    aws: LocalAws, service: str, method: str, code: str
) -> None:
    aws.set_faults([{"kind": "throttle", "app": "impatient"}])
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        getattr(impatient(aws, service, WEST), method)()
    assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(("kind", "status"), [("unavailable", 503), ("refuse", 403)])
def test_a_fault_hits_only_what_it_selects(aws: LocalAws, kind: str, status: int) -> None:
    aws.set_faults([{"kind": kind, "service": "dynamodb", "op": "ListTables", "region": WEST}])
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        impatient(aws, "dynamodb", WEST).list_tables()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    impatient(aws, "dynamodb", IRELAND).list_tables()
    impatient(aws, "sqs", WEST).list_queues()


def test_a_delayed_call_is_carried_out(aws: LocalAws) -> None:
    aws.set_faults([{"kind": "latency", "ms": 200, "service": "sqs"}])
    before = time.monotonic()
    impatient(aws, "sqs", WEST).list_queues()
    assert time.monotonic() - before >= 0.2


def test_a_held_call_is_carried_out_once_the_rule_has_gone(aws: LocalAws) -> None:
    aws.set_faults([{"kind": "hold", "service": "sqs"}])
    with ThreadPoolExecutor(1) as pool:
        listed = pool.submit(impatient(aws, "sqs", WEST).list_queues)
        with pytest.raises(TimeoutError):
            listed.result(0.2)
        aws.set_faults([])
        assert listed.result()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_black_holed_call_is_never_answered_and_written_down_as_such(aws: LocalAws) -> None:
    aws.set_faults([{"region": IRELAND, "kind": "blackhole"}])
    app = unique("probe")
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        impatient(aws, "sqs", IRELAND, app, within=0.5).list_queues()

    def finished() -> list[dict[str, Any]]:
        return [call for call in aws.calls() if call["app"] == app and call["ms"] is not None]

    (call,) = eventually(finished)
    assert (call["service"], call["region"], call["op"]) == ("sqs", IRELAND, "ListQueues")
    assert (call["status"], call["fault"]) == (0, "blackhole")
    lines = (aws.directory / "calls.jsonl").read_text().splitlines()
    assert call in [json.loads(line) for line in lines]


def test_the_witness_of_a_dead_region_is_silent_and_the_others_answer(aws: LocalAws) -> None:
    aws.set_faults([{"region": IRELAND, "kind": "blackhole"}])
    with pytest.raises(TimeoutError):
        ping(aws, IRELAND, within=0.3)
    assert ping(aws, WEST) == "pong"


def test_the_way_to_a_witness_can_be_cut_while_its_region_lives(aws: LocalAws) -> None:
    aws.set_faults([{"service": "witness", "region": IRELAND, "kind": "blackhole"}])
    with pytest.raises(TimeoutError):
        ping(aws, IRELAND, within=0.3)
    assert ping(aws, WEST) == "pong"
    assert aws.client("sqs", IRELAND).list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_throttled_calls_leave_the_witness_alone(aws: LocalAws) -> None:
    aws.set_faults([{"region": IRELAND, "kind": "throttle"}])
    assert ping(aws, IRELAND) == "pong"


def test_a_rule_that_cannot_be_meant_changes_nothing(aws: LocalAws) -> None:
    aws.set_faults([{"kind": "throttle", "service": "sqs"}])
    with pytest.raises(LocalAwsError, match="unknown fault kind"):
        aws.set_faults([{"kind": "explode"}])
    assert [rule["kind"] for rule in aws.faults()] == ["throttle"]


def test_a_crash_after_a_call_leaves_the_effect_and_kills_the_caller(aws: LocalAws) -> None:
    url, _ = given_queue(aws, WEST)
    code = f"""
import boto3
def handler(event, context):
    sqs = boto3.client("sqs", aws_access_key_id="{ACCOUNT}", aws_secret_access_key="t", aws_session_token=None)
    sqs.send_message(QueueUrl={url!r}, MessageBody='"sent"')
    return "finished"
"""
    function = given_function(aws, WEST, code, Environment={"Variables": {"AWS_SDK_UA_APP_ID": "Crasher"}})
    aws.set_faults([{"kind": "crash_after", "app": "Crasher", "op": "SendMessage", "times": 1}])
    retry = {"ErrorEquals": ["Runtime.ExitError"], "IntervalSeconds": 1, "MaxAttempts": 1}
    states = {"Run": {"Type": "Task", "Resource": function, "Retry": [retry], "End": True}}
    assert ended(aws, start(aws, given_machine(aws, WEST, states)))["output"] == '"finished"'
    assert messages(aws, WEST, url) == ["sent", "sent"]


def test_the_executions_of_a_dead_region_stand_still_until_it_is_back(aws: LocalAws) -> None:
    code = "import time\ndef handler(e, c):\n  time.sleep(0.0 if e.get('quick') else 30)\n  return 'ran'"
    function = given_function(aws, IRELAND, code, Timeout=60)
    catch = {"ErrorEquals": ["Runtime.ExitError"], "Next": "Again"}
    states = {
        "Slow": {"Type": "Task", "Resource": function, "Catch": [catch], "End": True},
        "Again": {"Type": "Task", "Resource": function, "Parameters": {"quick": True}, "End": True},
    }
    execution = start(aws, given_machine(aws, IRELAND, states))
    witness = given_machine(aws, WEST, {"Done": {"Type": "Pass", "End": True}})
    eventually(lambda: workers(aws, function))
    aws.set_faults([{"region": IRELAND, "kind": "blackhole"}])
    assert ended(aws, start(aws, witness))["status"] == "SUCCEEDED"
    back = datetime.now(UTC)
    aws.set_faults([])
    assert ended(aws, execution)["output"] == '"ran"'
    assert _entered(aws, execution, "Again") >= back


def test_many_calls_at_once_are_all_answered(aws: LocalAws) -> None:
    failures: list[Exception] = []

    def ask() -> None:
        try:
            aws.client("sqs", EAST).list_queues()
        except botocore.exceptions.BotoCoreError as error:
            failures.append(error)

    aws.client("sqs", EAST)
    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not failures


def _entered(aws: LocalAws, execution: str, state: str) -> datetime:
    states = aws.client("stepfunctions", execution.split(":")[3])
    events = states.get_execution_history(executionArn=execution)["events"]
    found = [event for event in events if event.get("stateEnteredEventDetails", {}).get("name") == state]
    return cast(datetime, found[0]["timestamp"])
