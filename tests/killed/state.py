"""What is left in the end, without what may differ: times, ids that are drawn, and the log of a run itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import msgspec

from lyo_dr.adapters.aws.dynamodb_items import unpack
from tests.killed.calls import Effect
from tests.killed.stage import Stage

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|\+00:00| UTC)?|\d\d:\d\d(?::\d\d)? UTC")
_DRAWN = re.compile(
    r"(?<=:)[A-Za-z0-9]{64}(?=@)|drawn-at-random-\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_SLOT = re.compile(r"(SAMPLE|NOTE#WOUND)#\d\d")
"""Numbered by time, or by attempts: a delay that did not come into force is set once more."""
_CLOCKS = {"expires", "turn", "ms", "expires_at", "taken_at", "delay_ms"}
"""Fields that are times, in a unit of their own, and the end of a lease, which each run pushes out."""

ONCE = {
    "rds:PromoteReadReplica": "a promotion",
    "rds:CreateDBSnapshot": "a snapshot",
    "rds:RestoreDBInstanceToPointInTime": "a restore",
    "rds:RestoreDBInstanceFromDBSnapshot": "a restore",
    "rds:CreateDBInstanceReadReplica": "a replica",
    "rds:ModifyDBInstance": "a change of an instance",
    "rds:RebootDBInstance": "a restart",
    "logs:CreateExportTask": "an export",
    "stepfunctions:SendTaskSuccess": "an answer",
    "elasticache:ModifyReplicationGroup": "a change of a token",
}
"""Calls that may take effect only as often as in a good run. Their services refuse a second one themselves where the
first took effect and was not heard of; a step has to live with that refusal."""

AT_LEAST_ONCE = {
    "sns:Publish": "SNS keeps no record of what it was asked: better twice than never",
    "ecs:UpdateService, new tasks": "tasks replaced once more are equal; tasks that were not use the old secret",
}
"""Calls that may take effect once more when their answer or the note about them was lost, and why that is right."""


class End(msgspec.Struct, frozen=True):
    """What two plays are compared by."""

    state: dict[str, Any]
    effects: dict[str, int]
    messages: dict[str, int]


def end_of(stage: Stage) -> End:
    """How a play ended, once every message has been sent."""
    stage.send_messages()
    with stage.world.elsewhere():
        state = {
            "table": _tables(stage),
            "kept": masked(_plain({name: kept() if callable(kept) else kept for name, kept in stage.kept.items()})),
            **masked(stage.services.state()),
            "metrics": _metrics(stage.calls.effects),
            "secrets": masked(stage.secrets.state()),
        }
    return End(state=state, effects=_effects(stage.calls.effects), messages=_messages(stage))


def masked(value: Any) -> Any:
    """Without what differs from play to play."""
    if isinstance(value, str):
        return _SLOT.sub(r"\1#", _DRAWN.sub("<drawn>", _TIME.sub("<time>", value)))
    if isinstance(value, dict):
        return {masked(name): "<time>" if name in _CLOCKS else masked(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set):
        parts = [masked(part) for part in value]
        return sorted(parts, key=str) if isinstance(value, set) else parts
    return value


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=_built))


def _built(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else msgspec.to_builtins(value, str_keys=True)


def _tables(stage: Stage) -> dict[str, Any]:
    return {
        region: {
            masked(f"{pk} {sk}"): masked(
                {name: unpack(part) for name, part in item.items() if name not in ("pk", "sk")}
            )
            for (pk, sk), item in sorted(found.items())
            if not sk.startswith("LINE#")  # the log of a run
        }
        for region, found in stage.calls.tables.items.items()
        if found
    }


def _metrics(effects: list[Effect]) -> dict[str, Any]:
    """The last value of each metric."""
    data = [
        (effect.asked["Namespace"], datum)
        for effect in effects
        if _operation(effect) == "cloudwatch:PutMetricData"
        for datum in effect.asked["MetricData"]
    ]
    return {f"{space} {datum['MetricName']} {datum.get('Dimensions')}": datum["Value"] for space, datum in data}


def _effects(effects: list[Effect]) -> dict[str, int]:
    """What was sent is counted by its subjects, the sender's own runs included."""
    found = Counter(name for effect in effects if (name := _operation(effect)) != "sns:Publish")
    return {name: found[name] for name in sorted(found) if name in ONCE or name in AT_LEAST_ONCE}


def _operation(effect: Effect) -> str:
    return effect.name.partition("@")[0] + (", new tasks" if effect.asked.get("forceNewDeployment") else "")


def _messages(stage: Stage) -> dict[str, int]:
    """The messages that went out, each with how often."""
    return dict(Counter(masked(sent) for sent in stage.services.published))


__all__ = ["AT_LEAST_ONCE", "ONCE", "End", "end_of", "masked"]
