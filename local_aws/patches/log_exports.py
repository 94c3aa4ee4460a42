"""Exports of log groups into a bucket.

Upstream does not know ``CreateExportTask``. AWS runs one export at a time per account and region, refuses a second with
``LimitExceededException``, wants a bucket in the same region that lets CloudWatch Logs in, and writes the log streams
into it, compressed (user guide of CloudWatch Logs, "Exporting log data to Amazon S3"). An export is PENDING, then
RUNNING, then COMPLETED; how long the first two last is nowhere promised: here ``PHASE_SECONDS`` each, divided by the
clock factor.
"""

import asyncio
import gzip
import json
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import botocore.config
import botocore.exceptions
from ministack import app
from ministack.core.responses import get_region

from local_aws.patch_context import PatchContext
from local_aws.sessions import make_client

REQUIRES = ("ministack.app:SERVICE_HANDLERS", "ministack.core.responses:get_region")

PHASE_SECONDS = 30.0
"""How long an export is PENDING, and then RUNNING at least. A choice: AWS says minutes to hours."""

PAGE = 50
"""The most one answer lists (CloudWatch Logs API reference, DescribeExportTasks)."""

_ACTIVE = ("PENDING", "RUNNING")
_GRANTS = {"s3:GetBucketAcl", "s3:PutObject"}
_APP_ID = "logs-export"

Reply = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Reply]]


class ExportRefusedError(Exception):
    """A request AWS refuses; ``code`` is its name for that."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class _Task:
    """One export; ``request`` is what it was created with."""

    region: str
    request: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "PENDING"
    message: str = ""
    created: float = field(default_factory=time.time)
    completed: float | None = None

    def end(self, status: str, message: str) -> None:
        """Come to an end, unless there was one."""
        if self.status in _ACTIVE:
            self.status, self.message, self.completed = status, message, time.time()

    def described(self) -> dict[str, Any]:
        """Return the task as DescribeExportTasks does."""
        times = {"creationTime": int(self.created * 1000)}
        if self.completed:
            times["completionTime"] = int(self.completed * 1000)
        members = ("taskName", "logGroupName", "from", "to", "destination", "destinationPrefix")
        described = {name: self.request[name] for name in members if name in self.request}
        return {
            "taskId": self.id,
            **described,
            "status": {"code": self.status, "message": self.message},
            "executionInfo": times,
        }


class _Exports:
    """All exports, of all regions."""

    def __init__(self, world: PatchContext) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._tasks: list[_Task] = []

    def create(self, region: str, request: dict[str, Any]) -> dict[str, Any]:
        """Start an export. Raises ExportRefusedError."""
        if request["from"] >= request["to"]:
            raise ExportRefusedError("InvalidParameterException", "The 'from' time must be before the 'to' time.")
        _check_group(self._client("logs", region), request["logGroupName"])
        _check_bucket(self._client("s3", region), region, request["destination"])
        task = _Task(region, {"destinationPrefix": "exportedlogs", **request})
        with self._lock:
            if any(other.status in _ACTIVE for other in self._tasks if other.region == region):
                raise ExportRefusedError("LimitExceededException", "Resource limit exceeded.")
            self._tasks.append(task)
        threading.Thread(target=self._run, args=(task,), daemon=True, name="log-export").start()
        return {"taskId": task.id}

    def describe(self, region: str, request: dict[str, Any]) -> dict[str, Any]:
        """List the exports of a region, a page at a time and in no order; the token is where the next page begins."""
        wanted = (request.get("taskId"), request.get("statusCode"))
        found = [
            task.described()
            for task in sorted(self._tasks, key=lambda task: task.id)
            if task.region == region and wanted[0] in (None, task.id) and wanted[1] in (None, task.status)
        ]
        begins, limit = int(request.get("nextToken", 0)), min(request.get("limit", PAGE), PAGE)
        more = {"nextToken": str(begins + limit)} if len(found) > begins + limit else {}
        return {"exportTasks": found[begins : begins + limit], **more}

    def cancel(self, region: str, request: dict[str, Any]) -> dict[str, Any]:
        """Cancel an export that is not over. Raises ExportRefusedError."""
        found = [task for task in self._tasks if task.region == region and task.id == request["taskId"]]
        if not found:
            raise ExportRefusedError("ResourceNotFoundException", "The specified export task does not exist.")
        if found[0].status not in _ACTIVE:
            raise ExportRefusedError("InvalidOperationException", "The specified export task has already finished.")
        found[0].end("CANCELLED", "Cancelled by user")
        return {}

    def _run(self, task: _Task) -> None:
        try:
            self._phase(task, "RUNNING")
            self._write(task)
            self._phase(task, "RUNNING")
            task.end("COMPLETED", "Completed successfully")
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
            task.end("FAILED", f"{type(error).__name__}: {error}")

    def _phase(self, task: _Task, following: str) -> None:
        """Let a phase last; a dead region does not get beyond it."""
        time.sleep(PHASE_SECONDS / self._world.settings.clock)
        while self._world.faults.is_dead(task.region):
            time.sleep(0.05)
        if task.status in _ACTIVE:
            task.status = following

    def _write(self, task: _Task) -> None:
        s3, request = self._client("s3", task.region), task.request
        bucket, prefix = request["destination"], request["destinationPrefix"]
        s3.put_object(Bucket=bucket, Key=f"{prefix}/aws-logs-write-test", Body=b"Permission Check Successful")
        for stream, lines in self._streams(task):
            if task.status in _ACTIVE:
                key = f"{prefix}/{task.id}/{stream.replace('/', '-')}/000000.gz"
                s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress("".join(lines).encode()))

    def _streams(self, task: _Task) -> Iterator[tuple[str, list[str]]]:
        logs, request = self._client("logs", task.region), task.request
        group = {"logGroupName": request["logGroupName"]}
        named = {"logStreamNamePrefix": name} if (name := request.get("logStreamNamePrefix")) else {}
        for page in logs.get_paginator("describe_log_streams").paginate(**group, **named):
            for stream in page["logStreams"]:
                found = logs.filter_log_events(
                    **group,
                    logStreamNames=[stream["logStreamName"]],
                    startTime=request["from"],
                    endTime=request["to"] + 1,
                )["events"]
                if found:
                    yield stream["logStreamName"], [_line(event) for event in found]

    def _client(self, service: str, region: str) -> Any:
        config = botocore.config.Config(user_agent_appid=_APP_ID, retries={"total_max_attempts": 1})
        return make_client(service, region, self._world.settings.endpoint, config, self._world.settings.account)


def apply(world: PatchContext) -> None:
    """Answer the three operations, and hand everything else on."""
    exports = _Exports(world)
    operations = {
        "CreateExportTask": exports.create,
        "DescribeExportTasks": exports.describe,
        "CancelExportTask": exports.cancel,
    }
    inner = app.SERVICE_HANDLERS["logs"]

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Reply:
        operation = operations.get(headers.get("x-amz-target", "").rsplit(".", 1)[-1])
        if operation is None:
            passed: Reply = await inner(method, path, headers, body, query)
            return passed
        # In a thread: it asks this very server about the bucket.
        return await asyncio.to_thread(_answer, operation, get_region(), json.loads(body))

    app.SERVICE_HANDLERS["logs"] = handle


def _answer(operation: Callable[[str, dict[str, Any]], Any], region: str, request: dict[str, Any]) -> Reply:
    headers = {"content-type": "application/x-amz-json-1.1"}
    try:
        return 200, headers, json.dumps(operation(region, request)).encode()
    except ExportRefusedError as refusal:
        return 400, headers, json.dumps({"__type": refusal.code, "message": str(refusal)}).encode()


def _check_group(logs: Any, name: str) -> None:
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    if name not in [group["logGroupName"] for group in groups]:
        raise ExportRefusedError("ResourceNotFoundException", "The specified log group does not exist.")


def _check_bucket(s3: Any, region: str, bucket: str) -> None:
    try:
        place = s3.get_bucket_location(Bucket=bucket).get("LocationConstraint") or "us-east-1"
        statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    except botocore.exceptions.ClientError as error:
        raise _no_access(bucket) from error
    if place != region:
        raise ExportRefusedError("InvalidParameterException", f"Destination bucket {bucket} is not in {region}.")
    if not set(_granted(statements, region)) >= _GRANTS:
        raise _no_access(bucket)


def _granted(statements: list[dict[str, Any]], region: str) -> Iterator[str]:
    """Yield what a bucket policy lets CloudWatch Logs do; its resources and conditions are not looked at."""
    for statement in statements:
        principal = statement.get("Principal")
        services = _listed(principal.get("Service", [])) if isinstance(principal, dict) else []
        if statement["Effect"] == "Allow" and {"logs.amazonaws.com", f"logs.{region}.amazonaws.com"} & set(services):
            yield from _listed(statement["Action"])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _no_access(bucket: str) -> ExportRefusedError:
    return ExportRefusedError(
        "InvalidParameterException",
        f"GetBucketAcl call on the given bucket failed. Please check if CloudWatch Logs has been granted permission to"
        f" perform this operation on {bucket}.",
    )


def _line(event: dict[str, Any]) -> str:
    moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{event['timestamp'] % 1000:03d}Z {event['message']}\n"
