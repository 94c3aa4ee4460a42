"""Messages on the local AWS: a step and the sender under their own roles, with SNS silent for a while."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drills.world.synth import synthesise
from drills.world.world import CACHE
from local_aws.deploy import deploy
from local_aws.local import LocalAws
from local_aws.settings import DEFAULT_ACCOUNT
from lyo_dr.model.resource_names import ResourceNames
from tests.plans import lyo_plan
from tests.unit.builders import OREGON, an_incident

pytestmark = pytest.mark.drill

PLAN = lyo_plan(account=DEFAULT_ACCOUNT)
NAMES = ResourceNames(PLAN, OREGON)
AUDIENCES = ("responders", "stakeholders")
SILENCE = {"region": OREGON, "service": "sns", "op": "Publish", "kind": "unavailable"}
TRIAGE = {"finding": "region_lost", "decision": "act", "sentence": "eu-west-1 is lost", "evidence": ["silent"]}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """Core, sender, and the functions of an incident in Oregon."""
    path: Path = tmp_path_factory.mktemp("plan") / "plan.json"
    path.write_text(PLAN.to_json(), encoding="utf-8")
    assembly = synthesise(path, "local", CACHE)
    with LocalAws(clock=20) as aws:
        parts = [["core"], ["communications"], ["incident_response"]]
        deploy(assembly, [[NAMES.stack(part) for part in group] for group in parts], aws.endpoint)
        for audience in AUDIENCES:
            queue = aws.client("sqs", OREGON).create_queue(QueueName=audience)["QueueUrl"]
            arn = f"arn:aws:sqs:{OREGON}:{DEFAULT_ACCOUNT}:{audience}"
            statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            aws.client("sqs", OREGON).set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
            aws.client("sns", OREGON).subscribe(TopicArn=NAMES.topic(audience), Protocol="sqs", Endpoint=arn)
        yield aws


def invoke(aws: LocalAws, step: str, **asked: Any) -> Any:
    """Run a step of the incident as its machine does."""
    function = NAMES.function("incident_response", step)
    answer = aws.client("lambda", OREGON).invoke(FunctionName=function, Payload=json.dumps(asked).encode())
    content = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, content
    return content


def incident(name: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return dict(msgspec.to_builtins(an_incident(id=name, opened_at=now, outage_start=now)))


def arrived(aws: LocalAws, audience: str) -> list[str]:
    """Subjects that came since the last look, in order."""
    sqs, found = aws.client("sqs", OREGON), []
    url = sqs.get_queue_url(QueueName=audience)["QueueUrl"]
    while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages"):
        found.append(json.loads(received[0]["Body"])["Subject"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"])
    return found


def items(aws: LocalAws, pk: str, sk: str = "") -> list[dict[str, str]]:
    """Items of a partition, as plain strings."""
    answer = aws.client("dynamodb", OREGON).query(
        TableName=NAMES.table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": pk}}
    )
    plain = [{name: next(iter(value.values())) for name, value in item.items()} for item in answer["Items"]]
    return [item for item in plain if item["sk"].startswith(sk)]


def until(holds: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def said(aws: LocalAws, name: str) -> list[str]:
    return [line["sentence"] for line in items(aws, f"INCIDENT#{name}", "LINE#")]


def test_fault_62_the_twin_a_message_leaves_at_once_under_the_senders_role(region: LocalAws) -> None:
    told = invoke(region, "AnnounceIncident", incident=incident("twin"), triage=TRIAGE)
    assert told == {"queued": ["stakeholders", "responders"], "missed": []}
    until(lambda: not items(region, "OUTBOX"))
    assert [arrived(region, audience) for audience in AUDIENCES] == [
        ["Recovering from the loss of eu-west-1"],
        ["Service disruption - api.lyo-booking.com"],
    ]
    publishers = {call["app"] for call in region.calls() if (call["service"], call["op"]) == ("sns", "Publish")}
    assert publishers == {"SendMessages"}


def test_fault_62_with_sns_silent_it_comes_later_once_in_order(region: LocalAws) -> None:
    region.set_faults([SILENCE])
    name, outcome = "silent", {"ending": "recovered", "sentence": "Recovered in us-west-2", "reasons": []}
    given = incident(name)
    invoke(region, "AnnounceIncident", incident=given, triage=TRIAGE)
    until(lambda: len(said(region, name)) == 2)
    assert all(sentence.endswith("it is tried again") for sentence in said(region, name))
    invoke(region, "AnnounceOutcome", incident=given, outcome=outcome)
    assert len(items(region, "OUTBOX")) == 4
    assert [arrived(region, audience) for audience in AUDIENCES] == [[], []]
    region.set_faults([])
    until(lambda: not items(region, "OUTBOX"))
    until(lambda: len(said(region, name)) == 6)
    assert [arrived(region, audience) for audience in AUDIENCES] == [
        ["Recovering from the loss of eu-west-1", "Incident recovered: eu-west-1"],
        ["Service disruption is over - api.lyo-booking.com"],
    ]
    states = {note["sk"].split("#", 2)[2]: note["state"] for note in items(region, f"INCIDENT#{name}", "NOTE#NOTIFIED")}
    assert states == {
        "AnnounceIncident#responders": "sent",
        "AnnounceIncident#stakeholders": "merged",
        "AnnounceOutcome#responders": "sent",
        "AnnounceOutcome#stakeholders": "sent",
    }
