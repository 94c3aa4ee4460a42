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


def exports(region: str) -> list[dict[str, Any]]:
    """The exports of this account and region, the newest first."""
    with calling(f"listing log exports in {region}"):
        return list(client("logs", region).describe_export_tasks(limit=50)["exportTasks"])


def is_active(export: dict[str, Any]) -> bool:
    """Whether an export is under way: only one may be, in the whole account and region."""
    return str(export["status"]["code"]) in _ACTIVE


def begin_export(part: Slice, region: str, name: str, bucket: str, prefix: str) -> None:
    """Begin an export. Raises Throttled while another one is under way (its code is LimitExceededException)."""
    with calling(f"exporting log group {part.group} in {region}"):
        client("logs", region).create_export_task(
            taskName=name,
            logGroupName=part.group,
            fromTime=part.begins,
            to=part.ends,
            destination=bucket,
            destinationPrefix=prefix,
        )
