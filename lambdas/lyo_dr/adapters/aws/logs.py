"""Amazon CloudWatch Logs: read events directly, and export whole groups into the bucket of evidence."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.model.evidence import Slice

_ACTIVE = ("PENDING", "RUNNING", "PENDING_CANCEL")


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Events, and the token that leads on; None at the end."""

    events: list[dict[str, Any]]
    following: str | None = None


def read_page(part: Slice, region: str, token: str | None) -> Page:
    """One page of a stretch of a group, a megabyte at most. Raises NotFound, Throttled."""
    more = {"nextToken": token} if token else {}
    with calling(f"reading log group {part.group} in {region}"):
        answer = client("logs", region).filter_log_events(
            logGroupName=part.group, startTime=part.begins, endTime=part.ends, **more
        )
    return Page(events=answer["events"], following=answer.get("nextToken"))


def export(region: str, task: str) -> dict[str, Any] | None:
    """One export by its id; None where AWS does not list it, which may be so right after it was created."""
    with calling(f"describing log export {task} in {region}"):
        found = client("logs", region).describe_export_tasks(taskId=task)["exportTasks"]
    return found[0] if found else None


def export_named(region: str, name: str) -> dict[str, Any] | None:
    """The export of that name, looked for in every page: no document says in which order AWS lists them."""
    with calling(f"listing log exports in {region}"):
        for page in client("logs", region).get_paginator("describe_export_tasks").paginate():
            for found in page["exportTasks"]:
                if found.get("taskName") == name:
                    return dict(found)
    return None


def is_active(export: dict[str, Any]) -> bool:
    """Whether an export is under way: only one may be, in the whole account and region."""
    return str(export["status"]["code"]) in _ACTIVE


def begin_export(part: Slice, region: str, name: str, bucket: str, prefix: str) -> str:
    """Begin an export; its id. Raises Throttled while another one is under way (its code is LimitExceededException).

    The caller itself has to be allowed to write to the bucket (CloudWatch Logs API reference, CreateExportTask).
    """
    with calling(f"exporting log group {part.group} in {region}"):
        answer = client("logs", region).create_export_task(
            taskName=name,
            logGroupName=part.group,
            fromTime=part.begins,
            to=part.ends,
            destination=bucket,
            destinationPrefix=prefix,
        )
    return str(answer["taskId"])
