"""Faults that several scenarios inject, and their repair."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from drills.engine.context import DrillContext
from drills.world.app_logins import app_login
from lyo_dr.model.resource_names import DETECTION_REGION

_ALONE_SECONDS = 10.0
"""About twice as long as detection takes to open an incident in a rehearsal."""
_MENDED_SECONDS = 60.0
_CUT_SECONDS = 1.5
_NOT_THE_DRILL = "(?!drill$).*"


def lose_primary(ctx: DrillContext, also: tuple[dict[str, Any], ...] = ()) -> float:
    """Everything of the primary region goes at once."""
    at = ctx.world.lose_region(ctx.primary, also)
    ctx.screen.fault(at, f"{ctx.primary} is lost: databases, tasks, load balancer, functions and API")
    return at


def cut_link_and_lose_primary(ctx: DrillContext) -> float:
    """For some seconds nothing reaches the replica, and then everything goes: acknowledged work is lost."""
    ctx.screen.stage(f"The replication link is cut {_CUT_SECONDS:g} s before the loss")
    for replica in _replicas(ctx):
        ctx.world.host.set_relay(replica, cut=True)
    ctx.let_pass(_CUT_SECONDS)
    return lose_primary(ctx)


def lose_primary_and_us_east_1(ctx: DrillContext) -> float:
    """Lose us-east-1 as well, where Route 53 has its alarms."""
    at = lose_primary(ctx, ({"region": DETECTION_REGION, "kind": "blackhole"},))
    ctx.screen.stage(f"{DETECTION_REGION} is silent, too: its alarm tells nobody")
    return at


def lose_primary_and_detection(ctx: DrillContext) -> float:
    """The same, and no alarm of the recovery region opens an incident."""
    _disable_alarms(ctx)
    at = lose_primary_and_us_east_1(ctx)
    ctx.screen.stage("Nor does any alarm get through here: detection is off")
    return at


def lose_primary_under_throttling(ctx: DrillContext) -> float:
    """Half of all calls of the product in the recovery region are refused, of both planes."""
    rule = {"region": ctx.secondary, "app": _NOT_THE_DRILL, "kind": "throttle", "rate": 0.5}
    at = lose_primary(ctx, (rule,))
    ctx.screen.stage(f"Every second call in {ctx.secondary} is throttled")
    return at


def start_by_hand(ctx: DrillContext) -> None:
    """An operator waits, sees that nothing starts by itself, and starts an incident as ``lyo-dr start`` does."""
    ctx.let_pass(_ALONE_SECONDS)
    now = datetime.now(UTC)
    signal = {"kind": "region", "source": "operator", "region": ctx.primary, "at": now.isoformat(), "by": "drill"}
    ctx.screen.stage(f"An operator says that {ctx.primary} is lost")
    ctx.world.client("stepfunctions", ctx.secondary).start_execution(
        stateMachineArn=ctx.world.names(ctx.secondary).machine("incident_response"),
        name=f"operator-{ctx.primary}-{now:%Y%m%dT%H%M%S}",
        input=json.dumps({"signal": signal}),
    )


def skip_promotion(ctx: DrillContext) -> None:
    """RDS will call the replica promoted, and it stays read-only."""
    ctx.world.host.set_faults(promotion_skipped=_replicas(ctx))


def stick_promotion(ctx: DrillContext) -> None:
    """The promotion will never come to an end."""
    ctx.world.host.set_faults(promotion_stuck=_replicas(ctx))


def break_standby(ctx: DrillContext) -> None:
    """The app secret of the standby holds no address: every task that starts there ends at once."""
    _set_database_url(ctx, ctx.secondary, "")


def crash_app(ctx: DrillContext) -> float:
    """The app of the primary dies and cannot start again; its database, its load balancer and its region live."""
    _set_database_url(ctx, ctx.primary, "")
    at = time.time()
    for service in ctx.world.plan.services:
        place = service.places[ctx.primary]
        ecs = ctx.world.client("ecs", ctx.primary)
        for task in ecs.list_tasks(cluster=place.cluster, serviceName=place.service)["taskArns"]:
            ecs.stop_task(cluster=place.cluster, task=task, reason="put in by the drill")
    ctx.screen.fault(at, f"The app in {ctx.primary} crashes and cannot start; its database lives")
    return at


def mend_app(ctx: DrillContext) -> None:
    """Repair the secret: the tasks of the primary start again, and bookings resume."""
    ctx.screen.stage(f"A person mends the app in {ctx.primary}")
    _set_database_url(ctx, ctx.primary, None)
    ctx.wait_until(ctx.books, _MENDED_SECONDS)


def bring_back(ctx: DrillContext) -> None:
    """Bring the lost region back with its old data: first its processes, then its API."""
    ctx.screen.stage(f"{ctx.primary} comes back, with its old data and counts")
    ctx.world.host.revive_region(ctx.primary)
    ctx.world.aws.set_faults([])


def _disable_alarms(ctx: DrillContext) -> None:
    """Disable every alarm rule of the recovery region, the watcher's included."""
    events, names = ctx.world.client("events", ctx.secondary), ctx.world.names(ctx.secondary)
    for bus in ("default", names.bus):
        for rule in events.list_rules(EventBusName=bus)["Rules"]:
            if "EventPattern" in rule:
                events.disable_rule(Name=rule["Name"], EventBusName=bus)


def _replicas(ctx: DrillContext) -> list[str]:
    return [database.instances[ctx.secondary] for database in ctx.world.plan.replicated()]


def _set_database_url(ctx: DrillContext, region: str, value: str | None) -> None:
    """Write it into the app secret, in the place of its address or host; None puts back the version before."""
    store = ctx.world.client("secretsmanager", region)
    secret, login = app_login(ctx.world.plan)
    stage = "AWSPREVIOUS" if value is None else "AWSCURRENT"
    text = store.get_secret_value(SecretId=secret.name_in(region), VersionStage=stage)["SecretString"]
    written = json.loads(text) if value is None else {**json.loads(text), login.needed_keys()[0]: value}
    store.put_secret_value(SecretId=secret.name_in(region), SecretString=json.dumps(written))
