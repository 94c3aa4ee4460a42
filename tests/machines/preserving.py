"""Start preserve_breach on a whole world, and read what it left behind."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from lyo_dr.model.incident import Incident
from rehearsal.drill.incident import IncidentView
from rehearsal.drill.world import World
from tests.machines.failover import IRELAND

STACK = "preserve_breach"
SUSPECTS: dict[str, list[str]] = {"principals": [], "addresses": ["203.0.113.7/32"], "secrets": []}


@dataclass
class Preserved:
    """What an execution ended with, and what it said."""

    incident: str
    status: str
    output: dict[str, int]
    lines: list[str]


def given_breach(world: World, name: str, **changes: Any) -> Incident:
    """An incident of the active region, as ``breach_response`` hands it on."""
    now = datetime.now(UTC)
    facts: dict[str, Any] = {
        "id": name,
        "epoch": 0,
        "region": IRELAND,
        "lost_region": IRELAND,
        "opened_at": now,
        "outage_start": now,
        "databases": [database.name for database in world.plan.databases],
        "services": [service.name for service in world.plan.services],
    }
    return Incident(**{**facts, **changes})


def preserve(world: World, incident: Incident, **suspects: list[str]) -> Preserved:
    """Run the machine to its end."""
    machine = world.names(IRELAND).machine("preserve_breach")
    client = world.client("stepfunctions", IRELAND)
    content = {"incident": msgspec.to_builtins(incident), "suspects": {**SUSPECTS, **suspects}}
    arn = client.start_execution(stateMachineArn=machine, name=incident.id, input=json.dumps(content))["executionArn"]
    return _followed(world, client, arn, incident.id)


def _followed(world: World, client: Any, arn: str, incident: str) -> Preserved:
    deadline = time.monotonic() + 90
    while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline, f"{arn} is still running"
        time.sleep(0.2)
    lines = [line.sentence for line in IncidentView(world, world.names(IRELAND)).lines(incident)]
    return Preserved(incident, found["status"], json.loads(found.get("output", "{}")), lines)


def fetch(world: World, incident: str, folder: Path) -> Path:
    """Every file of an incident, as it lies in the bucket."""
    s3, bucket = world.client("s3", IRELAND), world.names(IRELAND).evidence_bucket
    for found in s3.list_objects_v2(Bucket=bucket, Prefix=f"{incident}/").get("Contents", []):
        path = folder / found["Key"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
    return folder / incident
