"""A restore that is killed after every one of its states, and started again by an operator with the same request."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from drills.engine.context import DrillContext
from drills.scenarios.restore import damage

STEPS = (
    "HoldDelayed",
    "ReadEvidence",
    "ChooseRecoveryPoint",
    "AnnounceRestore",
    "StopDamage",
    "PreserveEvidence",
    "ChooseDelayed",
    "RestoreToNewInstance",
    "WarmTables",
    "ReadRestored",
    "JudgeRestored",
    "AlignLogins",
    "PointSecrets",
    "RenewTasks",
    "RaiseCapacity",
    "CheckCapacity",
    "CheckEndpoints",
    "ConcludeRestore",
)
"""Every function of a restore, in order: when one is killed at its first call, the one before has just ended."""
LAST = "UpdateItem"
"""What ConcludeRestore does last: killed right after it, all states of the restore have been killed after."""
_MACHINES = ("incident_response", "database_restore", "deploy_service", "validate_recovery")
_KILLED = len(STEPS[1:]) + 1


def start_again_and_again(ctx: DrillContext) -> None:
    """Each time the next function dies at its first call, and the whole execution is stopped; then once without."""
    ctx.let_pass(3.0)
    ctx.notes["killed"] = 0
    for number, step in enumerate(STEPS[1:], start=1):
        _kill(ctx, f"before {step}", number, {"app": step})
    _kill(ctx, "after ConcludeRestore", _KILLED, {"app": "ConcludeRestore", "op": LAST})
    ctx.screen.stage("The operator starts it once more, and nothing is killed")
    _start(ctx, _KILLED + 1)


def collect(ctx: DrillContext) -> dict[str, str]:
    """Also the snapshots that were taken as evidence, and how many tasks the service has."""
    place = ctx.world.plan.services[0].places[ctx.primary]
    ecs, rds = ctx.world.client("ecs", ctx.primary), ctx.world.client("rds", ctx.primary)
    service = ecs.describe_services(cluster=place.cluster, services=[place.service])["services"][0]
    snapshots = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    return damage.collect(ctx) | {
        "evidence": ", ".join(sorted(snapshot["DBSnapshotIdentifier"] for snapshot in snapshots)),
        "tasks": f"{service['desiredCount']} wanted, {service['runningCount']} run",
    }


def _kill(ctx: DrillContext, when: str, number: int, fault: dict[str, str]) -> None:
    world = ctx.world
    world.aws.set_faults([{**fault, "region": ctx.primary, "kind": "crash_after"}])
    _start(ctx, number)
    since = time.time()
    ctx.notes["killed"] += ctx.wait_until(lambda: _crashed(ctx, fault["app"], since), 60.0)
    states = world.client("stepfunctions", ctx.primary)
    for machine in _MACHINES:
        arn = world.names(ctx.primary).machine(machine)
        for execution in states.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]:
            states.stop_execution(executionArn=execution["executionArn"])
    _let_lease_run_out(ctx)
    world.aws.set_faults([])
    ctx.screen.stage(f"The restore is killed {when}; a quarter of an hour passes, and its lease runs out")


def _let_lease_run_out(ctx: DrillContext, of: str = "") -> None:
    """Expire the lease now instead of waiting for it, if it is held by an incident whose id begins with ``of``."""
    world, past = ctx.world, datetime.now(UTC) - timedelta(seconds=1)
    table = world.client("dynamodb", ctx.secondary)
    with suppress(table.exceptions.ConditionalCheckFailedException):  # held by another, which lives
        table.update_item(
            TableName=world.names(ctx.secondary).table,
            Key={"pk": {"S": "SYSTEM"}, "sk": {"S": "LEASE"}},
            UpdateExpression="SET expires_at = :past",
            ConditionExpression="begins_with(holder, :of)",
            ExpressionAttributeValues={":past": {"S": past.isoformat(timespec="microseconds")}, ":of": {"S": of}},
        )


def _crashed(ctx: DrillContext, app: str, since: float) -> bool:
    return any(
        call["app"] == app and call["fault"] == "crash_after" and call["time"] >= since
        for call in ctx.world.aws.calls()
    )


def _start(ctx: DrillContext, number: int) -> None:
    """Again, should another incident hold the lease at this moment: an alarm opens one, too.

    A function of the stopped execution that still ran may have renewed its lease: the next quarter of an hour passes.
    """
    attempts = iter(range(100))

    def opened() -> bool:
        if _opened(ctx, f"operator-{number:02}-{next(attempts):02}"):
            return True
        _let_lease_run_out(ctx, of=f"operator-{number - 1:02}-")
        return False

    ctx.wait_until(opened, 60.0)


def _opened(ctx: DrillContext, name: str) -> bool:
    states, names = ctx.world.client("stepfunctions", ctx.primary), ctx.world.names(ctx.primary)
    now = datetime.now(UTC).isoformat()
    signal: dict[str, Any] = {"kind": "database", "source": "operator", "region": ctx.primary, "at": now}
    signal |= {"by": "drill", "database": ctx.world.plan.databases[0].name}
    states.start_execution(
        stateMachineArn=names.machine("incident_response"), name=name, input=json.dumps({"signal": signal})
    )
    execution = names.execution("incident_response", name)
    while states.describe_execution(executionArn=execution)["status"] == "RUNNING":
        if ctx.view.head(name):
            return True
        ctx.let_pass(0.3)
    ctx.let_pass(0.7)
    return bool(ctx.view.head(name))
