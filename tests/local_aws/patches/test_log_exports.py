"""Exports of logs: one at a time, into a bucket that lets CloudWatch Logs in, and something is in it afterwards."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import IRELAND, WEST, acting_as, eventually, given_role, unique

MOMENT = 1_760_000_000_123


def _given_bucket(aws: LocalAws, region: str, actions: tuple[str, ...] = ("s3:GetBucketAcl", "s3:PutObject")) -> str:
    s3, name = aws.client("s3", region), unique("evidence")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.amazonaws.com"},
        "Action": list(actions),
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return name


class Export:
    """A log group with two streams, and exports of it."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws, self.group, self.logs = aws, unique("/app/group"), aws.client("logs", WEST)
        self.logs.create_log_group(logGroupName=self.group)
        for stream in ("task/1", "task/2"):
            self.logs.create_log_stream(logGroupName=self.group, logStreamName=stream)
            moments = (MOMENT, MOMENT + 1000, MOMENT + 9_000_000)
            events = [{"timestamp": moment, "message": f"{stream} at {moment}"} for moment in moments]
            self.logs.put_log_events(logGroupName=self.group, logStreamName=stream, logEvents=events)

    def starts(self, bucket: str, **more: Any) -> str:
        """Start an export; returns its id."""
        request = {"logGroupName": self.group, "fromTime": MOMENT, "to": MOMENT + 5000, "destination": bucket, **more}
        return str(self.logs.create_export_task(**request)["taskId"])

    def status(self, task: str) -> str:
        """The code of the export's status."""
        (found,) = self.logs.describe_export_tasks(taskId=task)["exportTasks"]
        return str(found["status"]["code"])

    def ends(self, task: str) -> str:
        """Wait for its end; the code of its status."""
        assert eventually(lambda: self.status(task) not in ("PENDING", "RUNNING"))
        return self.status(task)


@pytest.fixture
def export(aws: LocalAws) -> Iterator[Export]:
    made = Export(aws)
    yield made
    for task in made.logs.describe_export_tasks()["exportTasks"]:
        made.ends(task["taskId"])


def test_an_export_passes_through_its_phases_and_leaves_the_streams_compressed_in_the_bucket(
    aws: LocalAws, export: Export
) -> None:
    bucket = _given_bucket(aws, WEST)
    task = export.starts(bucket, destinationPrefix="incident-7", taskName="evidence")
    seen = [export.status(task)]

    def over() -> bool:
        if (status := export.status(task)) != seen[-1]:
            seen.append(status)
        return status == "COMPLETED"

    assert eventually(over)
    assert seen == ["PENDING", "RUNNING", "COMPLETED"]

    s3 = aws.client("s3", WEST)
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    streams = [f"incident-7/{task}/task-{number}/000000.gz" for number in (1, 2)]
    assert sorted(keys) == sorted([*streams, "incident-7/aws-logs-write-test"])
    text = gzip.decompress(s3.get_object(Bucket=bucket, Key=f"incident-7/{task}/task-1/000000.gz")["Body"].read())
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(MOMENT // 1000))
    lines = text.decode().splitlines()
    assert (len(lines), lines[0]) == (2, f"{stamp}.123Z task/1 at {MOMENT}")
    (told,) = export.logs.describe_export_tasks(taskId=task)["exportTasks"]
    assert (told["taskName"], told["destination"], told["from"]) == ("evidence", bucket, MOMENT)
    assert told["executionInfo"]["completionTime"] >= told["executionInfo"]["creationTime"]


def test_a_second_export_is_refused_while_one_runs_and_taken_afterwards(aws: LocalAws, export: Export) -> None:
    bucket = _given_bucket(aws, WEST)
    first = export.starts(bucket)
    with pytest.raises(export.logs.exceptions.LimitExceededException):
        export.starts(bucket)
    assert export.ends(first) == "COMPLETED"
    assert export.ends(export.starts(bucket)) == "COMPLETED"


def test_an_export_that_is_cancelled_makes_room_and_cannot_be_cancelled_again(aws: LocalAws, export: Export) -> None:
    bucket = _given_bucket(aws, WEST)
    task = export.starts(bucket)
    export.logs.cancel_export_task(taskId=task)
    assert export.status(task) == "CANCELLED"
    with pytest.raises(export.logs.exceptions.InvalidOperationException):
        export.logs.cancel_export_task(taskId=task)
    assert export.ends(export.starts(bucket)) == "COMPLETED"
    assert export.status(task) == "CANCELLED"


def test_the_list_is_told_by_status(aws: LocalAws, export: Export) -> None:
    task = export.starts(_given_bucket(aws, WEST))
    export.ends(task)
    done = export.logs.describe_export_tasks(statusCode="COMPLETED")["exportTasks"]
    assert task in [one["taskId"] for one in done]
    assert export.logs.describe_export_tasks(statusCode="RUNNING")["exportTasks"] == []


def test_a_bucket_of_another_region_is_refused(aws: LocalAws, export: Export) -> None:
    with pytest.raises(export.logs.exceptions.InvalidParameterException, match="is not in us-west-2"):
        export.starts(_given_bucket(aws, IRELAND))


@pytest.mark.parametrize("actions", [("s3:GetBucketAcl",), ("s3:PutObject",)])
def test_a_bucket_that_does_not_let_the_service_in_is_refused(
    aws: LocalAws, export: Export, actions: tuple[str, ...]
) -> None:
    with pytest.raises(export.logs.exceptions.InvalidParameterException, match="granted permission"):
        export.starts(_given_bucket(aws, WEST, actions))


def test_c4_a_caller_who_may_not_write_to_the_bucket_is_refused(aws: LocalAws, export: Export) -> None:
    bucket = _given_bucket(aws, WEST)
    exporting = {"Effect": "Allow", "Action": "logs:CreateExportTask", "Resource": "*"}
    writing = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*/exports/*"}
    request = {"logGroupName": export.group, "fromTime": MOMENT, "to": MOMENT + 5000, "destination": bucket}
    request["destinationPrefix"] = "incident-7/exports/app"
    for statements, allowed in (([exporting], False), ([exporting, writing], True)):
        role = given_role(aws, {"Version": "2012-10-17", "Statement": statements})
        caller = acting_as(aws, role, "logs", WEST)
        if allowed:
            assert export.ends(caller.create_export_task(**request)["taskId"]) == "COMPLETED"
        else:
            with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
                caller.create_export_task(**request)


def test_c5_exports_are_listed_a_page_at_a_time_and_each_once(aws: LocalAws, export: Export) -> None:
    bucket = _given_bucket(aws, WEST)
    made = [export.starts(bucket)]
    export.ends(made[0])
    made.append(export.starts(bucket))
    pages = export.logs.get_paginator("describe_export_tasks").paginate(PaginationConfig={"PageSize": 1})
    listed = [[task["taskId"] for task in page["exportTasks"]] for page in pages]
    assert {len(page) for page in listed} == {1}
    found = [task for (task,) in listed]
    assert set(made) <= set(found)
    assert len(set(found)) == len(found)


def test_what_is_not_there_is_refused(aws: LocalAws, export: Export) -> None:
    errors = export.logs.exceptions
    with pytest.raises(errors.InvalidParameterException):
        export.starts(unique("no-bucket"))
    with pytest.raises(errors.ResourceNotFoundException):
        export.starts(_given_bucket(aws, WEST), logGroupName=export.group[:-1])
    with pytest.raises(errors.ResourceNotFoundException):
        export.logs.cancel_export_task(taskId=unique("task"))
    with pytest.raises(errors.InvalidParameterException):
        export.starts(_given_bucket(aws, WEST), to=MOMENT)


def test_other_operations_of_the_service_are_left_alone(export: Export) -> None:
    found = export.logs.describe_log_groups(logGroupNamePrefix=export.group)["logGroups"]
    assert [group["logGroupName"] for group in found] == [export.group]
