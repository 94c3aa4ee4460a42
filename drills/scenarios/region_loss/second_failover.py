"""A second disaster: the region that recovered is lost as well, and only a person's consent leads back.

First the lost region comes back, fences itself, and is made a standby by hand, as the runbook says.
"""

from __future__ import annotations

import json
from typing import Any

from drills.engine import operators
from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.scenarios.region_loss import region_return
from drills.world.onboard import endpoint
from lyo_dr.decisions.common.addresses.secret_logins import InstanceEndpoint, pointed

_ALONE_SECONDS = 15.0
"""Longer than both ways of detection take: whatever moves by itself has moved by then."""
_SECONDS = 90.0


def inject_again(ctx: DrillContext) -> None:
    """Make the standby, lose the region that recovered, wait, and let a person decide; then everything comes back."""
    region_return.bring_back(ctx)
    _make_standby(ctx)
    ctx.notes["declared"] = operators.lyo_dr(ctx, "standby", "--region", ctx.primary).code
    at = ctx.world.lose_region(ctx.secondary)
    ctx.screen.fault(at, f"{ctx.secondary} is lost as well")
    ctx.let_pass(_ALONE_SECONDS)
    ctx.notes["moved by itself"] = ctx.world.leads_to(ctx.primary)
    operators.lyo_dr(ctx, "start", "--region", ctx.secondary, "--by", "ada", "--yes")
    operators.approve(ctx)
    _follow(ctx, at)
    ctx.notes["leads home"] = ctx.world.leads_to(ctx.primary)
    ctx.let_pass(3.0)
    ctx.screen.stage(f"{ctx.secondary} comes back, with its old data and counts")
    ctx.world.host.revive_region(ctx.secondary)
    ctx.world.aws.set_faults([])


def _make_standby(ctx: DrillContext) -> None:
    """By hand: the deposed instance goes, a replica of the active one takes its name, and its address its secrets."""
    ctx.screen.stage(f"A person replaces the deposed database of {ctx.primary} by a new replica")
    plan, rds = ctx.world.plan, ctx.world.client("rds", ctx.primary)
    for database in plan.databases:
        name, source = database.instances[ctx.primary], database.instances[ctx.secondary]
        rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        ctx.wait_until(lambda name=name: _status(ctx, name) is None, _SECONDS)  # type: ignore[misc]
        arn = ctx.world.names(ctx.secondary).instance(source)
        rds.create_db_instance_read_replica(DBInstanceIdentifier=name, SourceDBInstanceIdentifier=arn)
        ctx.wait_until(lambda name=name: _status(ctx, name) == "available", _SECONDS)  # type: ignore[misc]
        host, port = endpoint(ctx.world, ctx.primary, name)
        _point(ctx, ctx.world.names(ctx.primary).sql_secret(database.name), {"host": host, "port": port})
    _point_app(ctx)
    ctx.refresh_address(ctx.primary)


def _status(ctx: DrillContext, name: str) -> str | None:
    rds = ctx.world.client("rds", ctx.primary)
    try:
        found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    except rds.exceptions.DBInstanceNotFoundFault:
        return None
    return str(found["DBInstanceStatus"])


def _point(ctx: DrillContext, secret: str, changes: dict[str, Any]) -> None:
    """On AWS the address would be the same again: it follows from the name."""
    store = ctx.world.client("secretsmanager", ctx.primary)
    value = json.loads(store.get_secret_value(SecretId=secret)["SecretString"])
    store.put_secret_value(SecretId=secret, SecretString=json.dumps({**value, **changes}))


def _point_app(ctx: DrillContext) -> None:
    plan = ctx.world.plan
    host, port = endpoint(ctx.world, ctx.primary, plan.databases[0].instances[ctx.primary])
    store = ctx.world.client("secretsmanager", ctx.primary)
    at = InstanceEndpoint(host=host, port=port, instance=plan.databases[0].instances[ctx.primary])
    for secret, login in plan.logins_to(plan.databases[0].name):
        text = store.get_secret_value(SecretId=secret.name_in(ctx.primary))["SecretString"]
        store.put_secret_value(SecretId=secret.name_in(ctx.primary), SecretString=pointed(text, [login], at))


def _follow(ctx: DrillContext, since: float) -> None:
    """The incident in the region that stands by, until it has ended."""
    view = IncidentView(ctx.world, ctx.world.names(ctx.primary))
    found: list[str] = []

    def opened() -> bool:
        newest = view.newest(since)
        found.extend([newest] if newest else [])
        return bool(found)

    ctx.wait_until(opened, _SECONDS)
    incident = found[0] if found else None
    while incident is not None and view.status(incident) == "RUNNING":
        for line in view.lines(incident):
            ctx.screen.line(line)
        ctx.let_pass(0.2)
    for line in view.lines(incident) if incident else []:
        ctx.screen.line(line)
    ctx.notes["second ending"] = view.head(incident).get("ending") if incident else None
