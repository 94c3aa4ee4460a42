"""Start preserve_breach on a whole world, and read what it left behind."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from drills.engine.incident_view import IncidentView
from drills.world.world import World
from lyo_dr.model.incident import Incident
from tests.state_machines.failover import IRELAND

STACK = "preserve_breach"
SUSPECTS: dict[str, list[str]] = {"principals": [], "addresses": ["203.0.113.7/32"], "secrets": []}


@dataclass
class Preserved:
    """What an execution ended with, and what it said."""

    incident: str
    status: str
    output: dict[str, int]
    lines: list[str]

    @property
    def head(self) -> str:
        """The head of the manifest, as the timeline says it."""
        return [line.rsplit(" ", 1)[-1] for line in self.lines if "the head of the manifest is" in line][-1]


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


def preserve(
    world: World, incident: Incident, *, name: str = "", seconds: float = 90.0, **suspects: list[str]
) -> Preserved:
    """Run the machine to its end."""
    client = world.client("stepfunctions", IRELAND)
    content = {"incident": msgspec.to_builtins(incident), "suspects": {**SUSPECTS, **suspects}}
    arn = client.start_execution(
        stateMachineArn=world.names(IRELAND).machine("preserve_breach"),
        name=name or incident.id,
        input=json.dumps(content),
    )["executionArn"]
    deadline = time.monotonic() + seconds
    while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline, f"{arn} is still running"
        time.sleep(0.2)
    return Preserved(incident.id, found["status"], json.loads(found.get("output", "{}")), _lines(world, incident.id))


def finished(world: World, incident: str, seconds: float = 90.0) -> list[str]:
    """Wait for what comes later; what the timeline says then."""
    client, machine = world.client("stepfunctions", IRELAND), world.names(IRELAND).machine("finish_evidence")
    deadline = time.monotonic() + seconds
    while client.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
        assert time.monotonic() < deadline, "finish_evidence is still running"
        time.sleep(0.2)
    ended = {found["status"] for found in client.list_executions(stateMachineArn=machine)["executions"]}
    assert ended == {"SUCCEEDED"}
    return _lines(world, incident)


def _lines(world: World, incident: str) -> list[str]:
    return [line.sentence for line in IncidentView(world, world.names(IRELAND)).lines(incident)]


def fetch(world: World, incident: str, folder: Path) -> Path:
    """The manifest as it is now, and the files it names."""
    s3, bucket = world.client("s3", IRELAND), world.names(IRELAND).evidence_bucket
    names = ["manifest.jsonl"]
    for name in names:
        path = folder / incident / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3.get_object(Bucket=bucket, Key=f"{incident}/{name}")["Body"].read())
        if name == "manifest.jsonl":
            lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            names += [line["file"] for line in lines if "file" in line]
    return folder / incident
