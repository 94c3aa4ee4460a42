"""Search for bytes of passwords and issuers' keys outside Secrets Manager, given all their values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psutil

from drills.engine import notifications
from drills.engine.context import DrillContext


def search(ctx: DrillContext, passwords: set[str], regions: list[str]) -> tuple[tuple[str, ...], dict[str, int]]:
    """Places in which a password was found, and how many bytes of each kind of place were searched."""
    wanted = [password.encode() for password in passwords]
    leaks, searched = [], dict.fromkeys(("history", "logs", "tables", "files", "arguments"), 0)
    for kind, place, content in _places(ctx, regions):
        searched[kind] = searched.get(kind, 0) + len(content)
        if any(each in content for each in wanted):
            leaks.append(f"{kind}: {place}")
    return tuple(leaks), searched


def _places(ctx: DrillContext, regions: list[str]) -> Iterator[tuple[str, str, bytes]]:
    for region in regions:
        for name, content in _histories(ctx, region):
            yield "history", f"{region} {name}", content
        for name, content in _logs(ctx, region):
            yield "logs", f"{region} {name}", content
        yield "tables", region, _table(ctx, region)
        yield from notifications.places(ctx, region)
    yield from _on_this_machine(ctx)


def _on_this_machine(ctx: DrillContext) -> Iterator[tuple[str, str, bytes]]:
    """What the world has written so far, and the arguments of every process there is."""
    for path in sorted(ctx.world.directory.rglob("*")):
        if path.is_file():
            yield "files", path.name, path.read_bytes()
    for process in psutil.process_iter(["pid", "cmdline"]):
        yield "arguments", str(process.info["pid"]), " ".join(process.info["cmdline"] or []).encode()


def _histories(ctx: DrillContext, region: str) -> Iterator[tuple[str, bytes]]:
    """Every event of every execution, with what went in and came out."""
    states = ctx.world.client("stepfunctions", region)
    for machine in states.list_state_machines()["stateMachines"]:
        for execution in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            events = states.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
            yield execution["name"], json.dumps(events, default=str).encode()


def _logs(ctx: DrillContext, region: str) -> Iterator[tuple[str, bytes]]:
    logs = ctx.world.client("logs", region)
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
            yield group["logGroupName"], "\n".join(event["message"] for event in events).encode()


def _table(ctx: DrillContext, region: str) -> bytes:
    """Incidents, timelines, checkpoints, and the messages recorded as sent."""
    found: list[Any] = []
    pages = ctx.world.client("dynamodb", region).get_paginator("scan")
    for page in pages.paginate(TableName=ctx.world.names(region).table):
        found += page["Items"]
    return json.dumps(found, default=str).encode()
