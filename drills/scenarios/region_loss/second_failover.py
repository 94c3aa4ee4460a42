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

_ALONE_SECONDS = 15.0
"""Longer than both ways of detection take: whatever moves by itself has moved by then."""
_SECONDS = 90.0


def strike_again(scene: DrillContext) -> None:
    """Make the standby, lose the region that recovered, wait, and let a person decide; then everything comes back."""
    region_return.bring_back(scene)
    _make_standby(scene)
    scene.notes["declared"] = operators.lyo_dr(scene, "standby", "--region", scene.primary).code
    at = scene.world.lose_region(scene.secondary)
    scene.screen.fault(at, f"{scene.secondary} is lost as well")
    scene.let_pass(_ALONE_SECONDS)
    scene.notes["moved by itself"] = scene.world.leads_to(scene.primary)
    operators.lyo_dr(scene, "start", "--region", scene.secondary, "--by", "ada", "--yes")
    operators.approve(scene)
    _follow(scene, at)
    scene.notes["leads home"] = scene.world.leads_to(scene.primary)
    scene.let_pass(3.0)
    scene.screen.stage(f"{scene.secondary} comes back, with its old data and counts")
    scene.world.host.revive_region(scene.secondary)
    scene.world.aws.set_faults([])


def _make_standby(scene: DrillContext) -> None:
    """By hand: the deposed instance goes, a replica of the active one takes its name, and its address its secrets."""
    scene.screen.stage(f"A person replaces the deposed database of {scene.primary} by a new replica")
    plan, rds = scene.world.plan, scene.world.client("rds", scene.primary)
    for database in plan.databases:
        name, source = database.instances[scene.primary], database.instances[scene.secondary]
        rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        scene.wait_until(lambda name=name: _status(scene, name) is None, _SECONDS)  # type: ignore[misc]
        arn = scene.world.names(scene.secondary).instance(source)
        rds.create_db_instance_read_replica(DBInstanceIdentifier=name, SourceDBInstanceIdentifier=arn)
        scene.wait_until(lambda name=name: _status(scene, name) == "available", _SECONDS)  # type: ignore[misc]
        host, port = endpoint(scene.world, scene.primary, name)
        _point(scene, scene.world.names(scene.primary).sql_secret(database.name), {"host": host, "port": port})
    _point_app(scene)
    scene.look_up(scene.primary)


def _status(scene: DrillContext, name: str) -> str | None:
    rds = scene.world.client("rds", scene.primary)
    try:
        found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    except rds.exceptions.DBInstanceNotFoundFault:
        return None
    return str(found["DBInstanceStatus"])


def _point(scene: DrillContext, secret: str, changes: dict[str, Any]) -> None:
    """On AWS the address would be the same again: it follows from the name."""
    store = scene.world.client("secretsmanager", scene.primary)
    value = json.loads(store.get_secret_value(SecretId=secret)["SecretString"])
    store.put_secret_value(SecretId=secret, SecretString=json.dumps({**value, **changes}))


def _point_app(scene: DrillContext) -> None:
    plan = scene.world.plan
    _, port = endpoint(scene.world, scene.primary, plan.databases[0].instances[scene.primary])
    store = scene.world.client("secretsmanager", scene.primary)
    for secret in plan.secrets:
        if "DATABASE_URL" in secret.keys:
            url = json.loads(store.get_secret_value(SecretId=secret.name)["SecretString"])["DATABASE_URL"]
            before, _, after = url.rpartition(":")
            _point(scene, secret.name, {"DATABASE_URL": f"{before}:{port}/{after.partition('/')[2]}"})


def _follow(scene: DrillContext, since: float) -> None:
    """The incident in the region that stands by, until it has ended."""
    view = IncidentView(scene.world, scene.world.names(scene.primary))
    found: list[str] = []

    def opened() -> bool:
        newest = view.newest(since)
        found.extend([newest] if newest else [])
        return bool(found)

    scene.wait_until(opened, _SECONDS)
    incident = found[0] if found else None
    while incident is not None and view.status(incident) == "RUNNING":
        for line in view.lines(incident):
            scene.screen.line(line)
        scene.let_pass(0.2)
    for line in view.lines(incident) if incident else []:
        scene.screen.line(line)
    scene.notes["second ending"] = view.head(incident).get("ending") if incident else None
