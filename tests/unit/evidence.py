"""The words the stories about evidence are told with: a bucket, log groups, and what is on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.breach.evidence import file_name
from lyo_dr.model.evidence import Entry
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.evidence_store import EvidenceStore
from tests.unit.aws import World
from tests.unit.builders import OREGON

GROUPS = ("/ecs/lyo-saas-dr", "/ecs/worker")


def prepared(world: World, work: Callable[[], Any]) -> Any:
    """Do something that is not on the record of calls."""
    world.calls.preparing = True
    try:
        return work()
    finally:
        world.calls.preparing = False


def given_bucket(world: World) -> None:
    """The bucket of evidence of Oregon."""
    where: Any = {"LocationConstraint": OREGON}
    bucket = world.ctx().names.evidence_bucket
    prepared(
        world,
        lambda: client("s3", OREGON).create_bucket(
            Bucket=bucket, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True
        ),
    )


def given_logs(world: World, *lines: str, group: str = GROUPS[0]) -> None:
    """A log group that was written to a second ago."""

    def build() -> None:
        logs, now = client("logs", OREGON), int((world.ctx().now() - timedelta(seconds=1)).timestamp() * 1000)
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="app/1")
        events = [{"timestamp": now, "message": line} for line in lines]
        if events:
            logs.put_log_events(logGroupName=group, logStreamName="app/1", logEvents=events)

    prepared(world, build)


def given_exported(world: World, incident: Incident, *names: str) -> None:
    """What the first group's export has written."""
    bucket, folder = world.ctx().names.evidence_bucket, f"{incident.id}/exports/{file_name(GROUPS[0])}/task/app"

    def build() -> None:
        for name in names:
            client("s3", OREGON).put_object(Bucket=bucket, Key=f"{folder}/{name}", Body=name.encode())

    prepared(world, build)


def entries(world: World, incident: Incident, part: str) -> list[Entry]:
    """What is on record of one part."""
    return [entry for entry in EvidenceStore(world.ctx(), incident).entries() if entry.part == part]


def content(world: World, incident: Incident, entry: Entry) -> str:
    """A file as it lies in the bucket."""
    bucket, key = world.ctx().names.evidence_bucket, f"{incident.id}/{entry.file}"
    found = prepared(world, lambda: client("s3", OREGON).get_object(Bucket=bucket, Key=key)["Body"].read())
    return str(found.decode())
