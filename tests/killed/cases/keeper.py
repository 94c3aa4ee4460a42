"""The cases of ``keeper``: what runs again and again whatever happens."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec

from lyo_dr.adapters.aws.session import client
from lyo_dr.model.fence import Deposed
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.store.blocks import Block
from lyo_dr.store.owed_limits import OwedLimits
from tests.killed.cases.database_restore import answer, answers
from tests.killed.cases.search_recovery_point import looked
from tests.killed.given import APP_SECRET, login
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.plans import lyo_plan, plan_of_ways
from tests.unit.builders import FRANKFURT, IRELAND, OREGON, REPLICA, given_replica
from tests.unit.decisions.instance_builders import answering
from tests.unit.fences import oregon_takes_over

_TABLE = "lyo_appointments"
_LATER = "an observation that is not made is made a minute later: unknown is no finding"
_WITNESSES = [f"http:GET dynamodb.{region}.amazonaws.com" for region in (IRELAND, OREGON, FRANKFURT)]
_BOUNDED = "a fence has seconds: what fails within them is tried again a minute later"
_CLOSING = "lambda:Invoke close-database"
_FENCING = dict.fromkeys(
    (
        "ecs:DescribeServices",
        "ecs:UpdateService",
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:RegisterScalableTarget",
        "dynamodb:PutItem",
        "dynamodb:GetItem@us-west-2",
    ),
    _BOUNDED,
)


def _unseen(*calls: str) -> dict[str, str]:
    return dict.fromkeys(calls, _LATER)


def _deposed(stage: Stage) -> dict[str, Any]:
    with stage.in_region(OREGON):
        oregon_takes_over(stage.world)
    stage.functions["close-database"] = lambda _: {
        "database": "bookings",
        "closed": True,
        "reason": "closed",
        "ended": 3,
    }
    return {}


def _confirmed(stage: Stage) -> dict[str, Any]:
    incident = oregon_takes_over(stage.world)
    known = Deposed(epoch=1, incident=incident, confirmed_at=stage.now, sentence="fenced")
    stage.world.ctx().store.fences.keep(known)
    stage.functions["list-recent-rows"] = lambda asked: {
        "keys": ["7"] if asked["table"] == _TABLE else [],
        "cut": False,
    }
    stage.functions["find-rows"] = lambda _: []
    return {}


def _watched(stage: Stage) -> dict[str, Any]:
    stage.functions["count-connections"] = lambda _: msgspec.to_builtins(answering())
    return {}


def _peer(stage: Stage) -> dict[str, Any]:
    stage.functions["read-replica"] = lambda _: msgspec.to_builtins(given_replica())
    return {}


def _integrity(stage: Stage) -> dict[str, Any]:
    stage.functions["read-integrity"] = lambda _: msgspec.to_builtins(answers(stage))
    return {}


def _read(stage: Stage, region: str = OREGON, **more: Any) -> dict[str, Any]:
    login(stage, region)
    stage.sql = lambda statement, _values: answer(stage, statement)
    return {"database": "bookings", **more}


def _beating(stage: Stage) -> dict[str, Any]:
    stage.sql = lambda statement, _values: [[False]] if statement.startswith("select pg_is") else [[1]]
    login(stage, IRELAND)
    return {}


def _closing(stage: Stage) -> dict[str, Any]:
    login(stage)
    stage.kept["closed"] = closed = {"to the app": False}

    def sql(statement: str, _values: dict[str, Any]) -> Any:
        if "close_to_app" in statement:
            closed["to the app"] = True
            return [["closed"]]
        return [[3]]

    stage.sql = sql
    return {"database": "bookings", "epoch": 1}


def _blocked(stage: Stage) -> dict[str, Any]:
    until = stage.now - timedelta(hours=1)
    stage.world.ctx().store.blocks.keep(Block(incident="breach-1", addresses=["203.0.113.7"], until=until))
    return {}


def _left_over(stage: Stage) -> dict[str, Any]:
    event = looked(stage)
    ends = stage.now - timedelta(hours=2)
    stage.world.ctx().store.databases.search("bookings", event["incident"].id, ends)
    return {}


def _owing(stage: Stage) -> dict[str, Any]:
    incident = stage.world.given_incident()
    ctx = stage.world.ctx()
    ctx.store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=incident.epoch))
    ctx.store.owed_limits.owe(OwedLimits(service="assistant", incident=incident.id, epoch=incident.epoch))
    service = next(one for (region, _), one in stage.services.found.items() if region == OREGON)
    service.desired = 2
    return {}


def _moved(stage: Stage) -> dict[str, Any]:
    ctx = stage.world.ctx()
    ctx.store.databases.move("bookings", "restored")
    name = ctx.names.database_alarm("storage", "bookings")
    alarm = {"AlarmName": name, "Namespace": "AWS/RDS", "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "x"}]}
    stage.kept["alarm"] = alarm

    def answered(_region: str, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "DescribeAlarms":
            return {"MetricAlarms": [dict(alarm)]}
        alarm.update(asked)
        return {}

    stage.calls.services["cloudwatch"] = answered
    return {}


def _following(stage: Stage) -> dict[str, Any]:
    """It has stood for long enough."""
    for region, value in ((IRELAND, "sk-new"), (OREGON, "sk-old")):
        with stage.world.elsewhere():
            text = json.dumps({"OPENAI_API_KEY": value, "DATABASE_URL": region})
            client("secretsmanager", region).create_secret(Name=APP_SECRET, SecretString=text)
    return {}


def _following_plan() -> Plan:
    return lyo_plan(secrets__0__follow={"keys": ["OPENAI_API_KEY"], "after": "PT1S"})


def _restored_here(stage: Stage) -> dict[str, Any]:
    """Of a database without a replica: the stack made no alarm on what was restored here."""
    stage.world.ctx().store.databases.move("reports", "restored")
    made: dict[str, dict[str, Any]] = {"lyo-dr-storage-bookings": {"Dimensions": _of(REPLICA)}}
    stage.kept["alarms"] = made

    def answered(_region: str, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "DescribeAlarms":
            return {"MetricAlarms": [made[name] for name in asked["AlarmNames"] if name in made]}
        made[asked["AlarmName"]] = dict(asked)
        return {}

    stage.calls.services["cloudwatch"] = answered
    return {}


def _of(instance: str) -> list[dict[str, str]]:
    return [{"Name": "DBInstanceIdentifier", "Value": instance}]


CASES = {
    "keep_latch": Case(lambda _stage: {}),
    "fence_self": Case(_deposed, region=IRELAND, until=True, otherwise=_FENCING | {_CLOSING: _BOUNDED}),
    "fence_deposed": Case(
        _deposed,
        otherwise=_FENCING | {"dynamodb:GetItem@eu-west-1": _BOUNDED},
        blurred={"SYSTEM FENCE / sentence": "it says what is still running, which the next look sees stopped"},
    ),
    "count_divergence": Case(_confirmed),
    "watch_databases": Case(
        _watched,
        region=IRELAND,
        otherwise=_unseen(
            "lambda:Invoke count-connections", "ecs:DescribeServices", "http:GET eu-west-1.api.lyo-booking.com"
        ),
    ),
    "watch_peer": Case(
        _peer,
        otherwise=_unseen(
            "dynamodb:Query", "lambda:Invoke read-replica", "http:GET eu-west-1.api.lyo-booking.com", *_WITNESSES
        ),
    ),
    "check_integrity": Case(_integrity, region=IRELAND, otherwise={"lambda:Invoke read-integrity": _LATER}),
    "read_integrity": Case(_read, reads_only=True),
    "count_connections": Case(_read, reads_only=True),
    "find_rows": Case(lambda stage: _read(stage, table=_TABLE, keys=["1"]), reads_only=True),
    "list_recent_rows": Case(lambda stage: _read(stage, table=_TABLE, since=stage.now, limit=10), reads_only=True),
    "write_heartbeat": Case(_beating, region=IRELAND),
    "close_database": Case(_closing),
    "remind_of_blocks": Case(_blocked),
    "settle_limits": Case(_owing, until=0),
    "follow_storage": [Case(_moved), Case(_restored_here, plan=plan_of_ways)],
    "sweep_probes": Case(_left_over),
    "follow_keys": Case(
        _following,
        plan=_following_plan,
        until=True,
        blurred={"SYSTEM FOLLOWING": "since when it failed, if it did", "SYSTEM FOLLOW#": "when the change was seen"},
    ),
}
