"""What a breach relies on: a web ACL that is told to the load balancer, findings on the bus, sessions that end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import botocore.exceptions
import pytest

from local_aws.local import LocalAws
from local_aws.patches.findings import SOURCE
from lyo_dr.adapters.aws.iam import POLICY, denying
from tests.local_aws.builders import ACCOUNT, EAST, IRELAND, WEST, eventually, given_role, policy, unique

SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
Told = list[tuple[str, list[str]]]


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[LocalAws, Told]]:
    """A local AWS whose data host only writes down which networks load balancers are told."""
    found: Told = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.endswith("/balancer/block"):
                found.append((self.path.split("/")[2], json.loads(body)["networks"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with LocalAws(data_host=f"http://127.0.0.1:{server.server_port}") as aws:
        yield aws, found
    server.shutdown()


def _rule(arn: str, action: str, priority: int) -> dict[str, Any]:
    statement = {"IPSetReferenceStatement": {"ARN": arn}}
    name = f"rule-{priority}"
    return {
        "Name": name,
        "Priority": priority,
        "Statement": statement,
        "Action": {action: {}},
        "VisibilityConfig": SEEN,
    }


def test_a_load_balancer_hears_what_a_block_rule_refers_to_and_nothing_else(told: tuple[LocalAws, Told]) -> None:
    aws, found = told
    waf = aws.client("wafv2", WEST)
    sets: dict[str, Any] = {}
    for name in ("blocked", "counted", "unused"):
        made = waf.create_ip_set(
            Name=name, Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=[f"192.0.2.{len(sets)}/32"]
        )
        sets[name] = made["Summary"]
    rules = [_rule(sets["blocked"]["ARN"], "Block", 0), _rule(sets["counted"]["ARN"], "Count", 1)]
    waf.create_web_acl(Name="acl", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=rules)
    assert found[-1] == (WEST, ["192.0.2.0/32"])
    which = {"Name": "blocked", "Scope": "REGIONAL", "Id": sets["blocked"]["Id"]}
    waf.update_ip_set(**which, Addresses=["198.51.100.0/24"], LockToken=sets["blocked"]["LockToken"])
    assert found[-1] == (WEST, ["198.51.100.0/24"])
    count = len(found)
    with pytest.raises(waf.exceptions.WAFOptimisticLockException):
        waf.update_ip_set(**which, Addresses=[], LockToken=sets["blocked"]["LockToken"])
    assert found[count - 1 :] == [(WEST, ["198.51.100.0/24"])] * (len(found) - count + 1), "a stale token opens nothing"


def test_a_finding_reaches_the_rule_of_its_region_and_only_the_account_may_put_one(aws: LocalAws) -> None:
    events, sqs = aws.client("events", IRELAND), aws.client("sqs", IRELAND)
    name = unique("findings")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": [SOURCE], "account": [ACCOUNT], "detail": {"service": {"archived": [False]}}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    entries = [
        {"Source": SOURCE, "DetailType": "GuardDuty Finding", "Detail": json.dumps({"service": {"archived": archived}})}
        for archived in (True, False)
    ]
    assert events.put_events(Entries=entries)["FailedEntryCount"] == 0
    received = eventually(lambda: sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"))
    assert len(received) == 1, "an archived finding is filtered by the rule"
    role = aws.client("sts", EAST).assume_role(
        RoleArn=given_role(aws, policy("events:PutEvents")), RoleSessionName="somebody"
    )["Credentials"]
    answer = _client_of(aws, role, "events").put_events(Entries=entries[1:])
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_older_sessions_of_a_role_are_refused_and_newer_ones_are_not(aws: LocalAws) -> None:
    arn = given_role(aws, policy("sns:ListTopics"))
    sts, role = aws.client("sts", EAST), arn.rpartition("/")[2]
    older = sts.assume_role(RoleArn=arn, RoleSessionName="older")["Credentials"]
    _client_of(aws, older, "sns").list_topics()
    time.sleep(1.1)  # the condition counts whole seconds
    document = json.dumps(denying(datetime.now(UTC)))
    aws.client("iam", EAST).put_role_policy(RoleName=role, PolicyName=POLICY, PolicyDocument=document)
    newer = sts.assume_role(RoleArn=arn, RoleSessionName="newer")["Credentials"]
    with pytest.raises(botocore.exceptions.ClientError, match=r"AuthorizationError|AccessDenied|not authorized"):
        _client_of(aws, older, "sns").list_topics()
    _client_of(aws, newer, "sns").list_topics()


def _client_of(aws: LocalAws, session: dict[str, str], service: str) -> Any:
    return boto3.client(
        service,
        region_name=IRELAND,
        endpoint_url=aws.endpoint,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
