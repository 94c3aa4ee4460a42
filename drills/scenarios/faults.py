"""What breaks in the drills, and how it is mended."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from drills.engine.context import DrillContext
from lyo_dr.model.resource_names import DETECTION_REGION

_ALONE_SECONDS = 10.0
"""About twice as long as detection takes to open an incident in a rehearsal."""
_MENDED_SECONDS = 60.0
_CUT_SECONDS = 1.5
_NOT_THE_DRILL = "(?!drill$).*"


def lose_primary(scene: DrillContext, also: tuple[dict[str, Any], ...] = ()) -> float:
    """Everything of the primary region goes at once."""
    at = scene.world.lose_region(scene.primary, also)
    scene.screen.fault(at, f"{scene.primary} is lost: databases, tasks, load balancer, functions and API")
    return at


def cut_link_and_lose_primary(scene: DrillContext) -> float:
    """For some seconds nothing reaches the replica, and then everything goes: acknowledged work is lost."""
    scene.screen.stage(f"The replication link is cut {_CUT_SECONDS:g} s before the loss")
    for replica in _replicas(scene):
        scene.world.host.set_relay(replica, cut=True)
    scene.let_pass(_CUT_SECONDS)
    return lose_primary(scene)


def lose_primary_and_us_east_1(scene: DrillContext) -> float:
    """us-east-1, where Route 53 tells its alarms, is silent, too."""
    at = lose_primary(scene, ({"region": DETECTION_REGION, "kind": "blackhole"},))
    scene.screen.stage(f"{DETECTION_REGION} is silent, too: its alarm tells nobody")
    return at


def lose_primary_and_detection(scene: DrillContext) -> float:
    """The same, and nobody is woken by the watcher either."""
    _deafen_door(scene)
    at = lose_primary_and_us_east_1(scene)
    scene.screen.stage("Nor does any alarm get through here: detection is off")
    return at


def lose_primary_under_throttling(scene: DrillContext) -> float:
    """Half of all calls of the product in the recovery region are refused, of both planes."""
    rule = {"region": scene.secondary, "app": _NOT_THE_DRILL, "kind": "throttle", "rate": 0.5}
    at = lose_primary(scene, (rule,))
    scene.screen.stage(f"Every second call in {scene.secondary} is throttled")
    return at


def start_by_hand(scene: DrillContext) -> None:
    """An operator waits, sees that nothing starts by itself, and starts the one door as ``lyo-dr start`` does."""
    scene.let_pass(_ALONE_SECONDS)
    now = datetime.now(UTC)
    signal = {"kind": "region", "source": "operator", "region": scene.primary, "at": now.isoformat(), "by": "drill"}
    scene.screen.stage(f"An operator says that {scene.primary} is lost")
    scene.world.client("stepfunctions", scene.secondary).start_execution(
        stateMachineArn=scene.world.names(scene.secondary).machine("incident_response"),
        name=f"operator-{scene.primary}-{now:%Y%m%dT%H%M%S}",
        input=json.dumps({"signal": signal}),
    )


def skip_promotion(scene: DrillContext) -> None:
    """RDS will call the replica promoted, and it stays read-only."""
    scene.world.host.set_faults(promotion_skipped=_replicas(scene))


def stick_promotion(scene: DrillContext) -> None:
    """The promotion will never come to an end."""
    scene.world.host.set_faults(promotion_stuck=_replicas(scene))


def break_standby(scene: DrillContext) -> None:
    """The app secret of the stand-by holds no address: every task that starts there ends at once."""
    _set_database_url(scene, scene.secondary, "")


def crash_app(scene: DrillContext) -> float:
    """The app of the primary dies and cannot start again; its database, its load balancer and its region live."""
    _set_database_url(scene, scene.primary, "")
    at = time.time()
    for service in scene.world.plan.services:
        place = service.places[scene.primary]
        ecs = scene.world.client("ecs", scene.primary)
        for task in ecs.list_tasks(cluster=place.cluster, serviceName=place.service)["taskArns"]:
            ecs.stop_task(cluster=place.cluster, task=task, reason="put in by the drill")
    scene.screen.fault(at, f"The app in {scene.primary} crashes and cannot start; its database lives")
    return at


def mend_app(scene: DrillContext) -> None:
    """A person puts the secret right: the tasks of the primary start again, and bookings resume."""
    scene.screen.stage(f"A person mends the app in {scene.primary}")
    _set_database_url(scene, scene.primary, None)
    scene.wait_until(scene.books, _MENDED_SECONDS)


def _deafen_door(scene: DrillContext) -> None:
    """No alarm of the recovery region opens an incident, its watcher's least of all."""
    events, names = scene.world.client("events", scene.secondary), scene.world.names(scene.secondary)
    for bus in ("default", names.bus):
        for rule in events.list_rules(EventBusName=bus)["Rules"]:
            if "EventPattern" in rule:
                events.disable_rule(Name=rule["Name"], EventBusName=bus)


def _replicas(scene: DrillContext) -> list[str]:
    return [database.instances[scene.secondary] for database in scene.world.plan.databases]


def _set_database_url(scene: DrillContext, region: str, value: str | None) -> None:
    """Write it into the app secret; None puts back the version before."""
    store = scene.world.client("secretsmanager", region)
    for secret in scene.world.plan.secrets:
        if "DATABASE_URL" in secret.keys:
            stage = "AWSPREVIOUS" if value is None else "AWSCURRENT"
            text = store.get_secret_value(SecretId=secret.name, VersionStage=stage)["SecretString"]
            written = json.loads(text) if value is None else {**json.loads(text), "DATABASE_URL": value}
            store.put_secret_value(SecretId=secret.name, SecretString=json.dumps(written))
