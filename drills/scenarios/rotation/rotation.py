"""Secrets rotated under load: how a rotation is started, interrupted and followed."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from datetime import UTC, datetime

from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.scenarios.faults import lose_primary
from drills.scenarios.rotation.findings import database_secret, remember
from lyo_dr.model.rotation import HOLDER

STEPS = (
    "CreateSecret",
    "SetSecret",
    "TestSecret",
    "FinishSecret",
    "RedeployServices",
    "CheckRedeployment",
    "RetireLogin",
    "ProveRetired",
    "CloseRotation",
)
INTERRUPTED = tuple(itertools.pairwise(STEPS))
"""Between which two steps a rotation is killed, in this order."""
_MACHINE = "secret_rotation"


def rotate(ctx: DrillContext) -> float:
    """An operator asks the active region for a rotation."""
    remember(ctx)
    ctx.view = _view(ctx, ctx.primary)
    at = time.time()
    ctx.screen.stage(f"An operator asks {ctx.primary} to rotate the database login")
    _start(ctx, ctx.primary)
    return at


def rotate_interrupted(ctx: DrillContext) -> float:
    """One rotation after the other is killed after its next step; the last one is left alone."""
    at = time.time()
    remember(ctx)
    ctx.view = _view(ctx, ctx.primary)
    for step, following in INTERRUPTED:
        _kill_between(ctx, step, following)
    rotate(ctx)
    return at


def _kill_between(ctx: DrillContext, step: str, following: str) -> None:
    """The function of the following step dies at its first call, until the whole execution is stopped."""
    world = ctx.world
    world.aws.set_faults([{"app": following, "region": ctx.primary, "kind": "crash_after"}])
    execution = _start(ctx, ctx.primary)
    ctx.wait_until(lambda: step in {line.step for line in ctx.new_lines(HOLDER + execution)})
    world.client("stepfunctions", ctx.primary).stop_execution(
        executionArn=world.names(ctx.primary).execution(_MACHINE, execution)
    )
    world.aws.set_faults([])
    ctx.screen.stage(f"The rotation is killed between {step} and {following}")


def stick_pending(ctx: DrillContext) -> None:
    """A rotation of long ago left a pending version behind in both regions."""
    before = remember(ctx)
    token = str(uuid.uuid4())
    for region, text in before.texts.items():
        ctx.world.client("secretsmanager", region).put_secret_value(
            SecretId=ctx.world.plan.secret_in(before.secret, region),
            SecretString=text.replace("lyo_app", "lyo_app_b", 1),
            ClientRequestToken=token,
            VersionStages=["AWSPENDING"],
        )


def lose_primary_before_rotating(ctx: DrillContext) -> float:
    """Read the secrets while their region still answers, then lose it."""
    remember(ctx)
    return lose_primary(ctx)


def rotate_during_failover(ctx: DrillContext) -> None:
    """While the failover works, an operator asks its region for a rotation."""
    ctx.wait_until(lambda: ctx.view.newest(0.0) is not None)
    ctx.screen.stage(f"An operator asks {ctx.secondary} to rotate the database login, in the middle of the failover")
    _start(ctx, ctx.secondary)


def follow_rotation(ctx: DrillContext) -> None:
    """Follow the rotation that was postponed until the end of the failover."""
    view = _view(ctx, ctx.secondary)
    found = view.newest(0.0)
    if found is not None:
        ctx.wait_until(lambda: view.status(found) != "RUNNING")
        ctx.other_lines += view.lines(found)
        for line in ctx.other_lines:
            ctx.screen.line(line)


def _start(ctx: DrillContext, region: str) -> str:
    request = {"by": "drill", "secrets": [database_secret(ctx)]}
    name = f"operator-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    ctx.world.client("stepfunctions", region).start_execution(
        stateMachineArn=ctx.world.names(region).machine(_MACHINE), name=name, input=json.dumps(request)
    )
    return name


def _view(ctx: DrillContext, region: str) -> IncidentView:
    return IncidentView(ctx.world, ctx.world.names(region), _MACHINE, HOLDER)
