"""The words the tests of the local AWS are written in."""

import io
import json
import time
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import botocore.config
import psutil

from local_aws.local import LocalAws
from local_aws.sessions import make_client

_T = TypeVar("_T")

ACCOUNT = "000000000000"
EAST, WEST, IRELAND = "us-east-1", "us-west-2", "eu-west-1"
CLOCK = 40.0


def eventually(question: Callable[[], _T | None], within: float = 10.0) -> _T:
    """Ask until there is an answer; fails after ``within`` seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"no answer within {within} s")


def unique(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:8]}"


def zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def policy(actions: Sequence[str] | str, resource: str = "*", **condition: Any) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def given_role(aws: LocalAws, *policies: Mapping[str, Any]) -> str:
    """A role with these policies; returns its ARN."""
    iam, name = aws.client("iam", EAST), unique("role")
    trusted = {"AWS": f"arn:aws:iam::{ACCOUNT}:root", "Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    for index, given in enumerate(policies):
        iam.put_role_policy(RoleName=name, PolicyName=f"p{index}", PolicyDocument=json.dumps(given))
    return role


def acting_as(aws: LocalAws, role: str, service: str, region: str) -> Any:
    """A client with the rights of the role."""
    sts = aws.client("sts", region)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    config = botocore.config.Config(retries={"max_attempts": 0})
    return make_client(
        service,
        region,
        aws.endpoint,
        config,
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
    )


def impatient(aws: LocalAws, service: str, region: str, app: str = "impatient", within: float = 10.0) -> Any:
    """A client that does not try again; nobody waits for longer than ``within`` seconds."""
    config = botocore.config.Config(
        retries={"total_max_attempts": 1}, read_timeout=within, connect_timeout=within, user_agent_appid=app
    )
    return make_client(service, region, aws.endpoint, config, ACCOUNT)


def given_function(aws: LocalAws, region: str, code: str | bytes, role: str | None = None, **more: Any) -> str:
    """A deployed function, of its source or a whole archive; returns its ARN."""
    arn: str = aws.client("lambda", region).create_function(
        FunctionName=unique("fn"),
        Runtime="python3.13",
        Architectures=["arm64"],
        Handler="index.handler",
        Role=role or given_role(aws),
        Timeout=more.pop("Timeout", 10),
        Code={"ZipFile": code if isinstance(code, bytes) else zipped({"index.py": code})},
        **more,
    )["FunctionArn"]
    return arn


def given_machine(aws: LocalAws, region: str, states: Mapping[str, Any], role: str | None = None, **more: Any) -> str:
    """A state machine whose first state is the first of ``states``; returns its ARN."""
    definition = {"StartAt": next(iter(states)), "States": states, **more}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    arn: str = aws.client("stepfunctions", region).create_state_machine(
        name=unique("machine"),
        definition=json.dumps(definition),
        roleArn=role or given_role(aws, {"Version": "2012-10-17", "Statement": [everything]}),
    )["stateMachineArn"]
    return arn


def start(aws: LocalAws, machine: str, name: str | None = None, given: str = "{}") -> str:
    """Start an execution in the machine's region; returns its ARN."""
    states = aws.client("stepfunctions", machine.split(":")[3])
    named = {"name": name} if name else {}
    arn: str = states.start_execution(stateMachineArn=machine, input=given, **named)["executionArn"]
    return arn


def ended(aws: LocalAws, execution: str, within: float = 15.0) -> dict[str, Any]:
    """The description of the execution once it is over."""
    states = aws.client("stepfunctions", execution.split(":")[3])

    def over() -> dict[str, Any] | None:
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        return None if found["status"] == "RUNNING" else found

    return eventually(over, within)


def invoke(aws: LocalAws, function: str, payload: Any = None) -> tuple[Any, str | None]:
    """Result and kind of error of a synchronous invocation."""
    answer = aws.client("lambda", function.split(":")[3]).invoke(
        FunctionName=function, Payload=json.dumps(payload or {})
    )
    return json.loads(answer["Payload"].read()), answer.get("FunctionError")


def workers(aws: LocalAws, function: str) -> list[int]:
    """The process ids of the function's execution environments."""
    name = function.rsplit(":", 1)[-1]
    children = psutil.Process(aws.pid).children()
    return [child.pid for child in children if f"-{name}-" in _directory(child)]


def _directory(process: psutil.Process) -> str:
    """Where it works; empty for a process that has just ended, which is no worker any more."""
    try:
        return str(process.cwd())
    except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
        return ""


def given_queue(aws: LocalAws, region: str) -> tuple[str, str]:
    """A queue; returns its URL and ARN."""
    name = unique("queue")
    url = aws.client("sqs", region).create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:{region}:{ACCOUNT}:{name}"


def messages(aws: LocalAws, region: str, url: str) -> list[Any]:
    """The messages waiting in the queue, as JSON; they are taken."""
    found = aws.client("sqs", region).receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        aws.client("sqs", region).delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in found]


def given_rule(aws: LocalAws, region: str, pattern: Mapping[str, Any], target: str, **more: Any) -> str:
    """A rule on the default bus, or on ``bus``, with one target; returns its name."""
    events, name = aws.client("events", region), unique("rule")
    bus = more.pop("bus", "default")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), EventBusName=bus)
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "1", "Arn": target, **more}])
    return name


def ping(aws: LocalAws, region: str, within: float = 2.0) -> str:
    """What the witness of a region answers."""
    with urllib.request.urlopen(f"{aws.endpoint}/_gateway/ping/{region}", timeout=within) as answer:  # noqa: S310
        text: str = answer.read().decode()
        return text
