"""A whole world for tests that run the state machines: start an incident, follow it, look at what is left."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from drills.engine.incident_view import IncidentView
from drills.results.record import TimelineLine
from drills.scenarios.false_alarms import alarms
from drills.world.world import World
from lyo_dr.model.plan import Budgets, Plan

IRELAND, OREGON = "eu-west-1", "us-west-2"
_DEADLINE_SECONDS = 120.0


def with_budgets(**seconds: float) -> Callable[[Plan], Plan]:
    """Shorten budgets of the rehearsal's plan, so that a test of a failure need not wait for long."""

    def adjust(plan: Plan) -> Plan:
        changed = {name: timedelta(seconds=value) for name, value in seconds.items()}
        budgets: Budgets = msgspec.structs.replace(plan.budgets, **changed)
        return msgspec.structs.replace(plan, budgets=budgets)

    return adjust


SHORT = with_budgets(promotion=20, validation=8)
"""One plan for several worlds: each plan of its own is synthesised anew, which takes longer than waiting."""


@dataclass
class Followed:
    """An incident that has ended."""

    id: str
    status: str
    head: dict[str, Any]
    lines: list[TimelineLine] = field(default_factory=list)

    def said_by(self, step: str) -> list[str]:
        """Sentences of one step, in order."""
        return [line.sentence for line in self.lines if line.step == step]

    @property
    def steps(self) -> list[str]:
        """Steps in the order in which they spoke, repetitions left out."""
        return list(dict.fromkeys(line.step for line in self.lines))


def start_by_hand(world: World, name: str) -> str:
    """An operator says that Ireland is lost."""
    signal = {"kind": "region", "source": "operator", "region": IRELAND, "at": datetime.now(UTC).isoformat()}
    names = world.names(OREGON)
    world.client("stepfunctions", OREGON).start_execution(
        stateMachineArn=names.machine("incident_response"), name=name, input=json.dumps({"signal": signal})
    )
    return name


def follow(world: World, incident_id: str, at: Callable[[TimelineLine], None] = lambda _line: None) -> Followed:
    """Wait until the incident has ended; ``at`` is called with every sentence as it comes."""
    view = IncidentView(world, world.names(OREGON))
    deadline = time.monotonic() + _DEADLINE_SECONDS
    lines: list[TimelineLine] = []
    while True:
        ended = view.status(incident_id) != "RUNNING"
        for line in view.lines(incident_id):
            lines.append(line)
            at(line)
        # Messages are sent beside the incident, and its timeline says so when they are.
        if ended and not view.messages_waiting():
            lines += view.lines(incident_id)
            return Followed(incident_id, view.status(incident_id), view.head(incident_id), lines)
        if time.monotonic() > deadline:
            raise AssertionError(f"{incident_id} is still running: {[line.sentence for line in lines]}")
        time.sleep(0.1)


def alarm_event(world: World, moment: datetime, **changes: Any) -> dict[str, Any]:
    """What EventBridge delivers when the alarm on Ireland fires."""
    return alarms.alarm_event(world, IRELAND, moment, **changes)


def without_detection(world: World, region: str = OREGON) -> None:
    """No alarm finds its way to a door: on a slow machine it would open an incident before the test does."""
    events, names = world.client("events", region), world.names(region)
    for bus in ("default", names.bus):
        for rule in events.list_rules(EventBusName=bus)["Rules"]:
            if "EventPattern" in rule:
                events.disable_rule(Name=rule["Name"], EventBusName=bus)


def receive(world: World, event: dict[str, Any]) -> dict[str, Any]:
    """Hand an event to the function in front of the door, as the bus does."""
    return alarms.deliver(world, event, OREGON)


def lease(world: World) -> dict[str, Any]:
    """The lease item in Oregon, plain."""
    item = world.client("dynamodb", OREGON).get_item(
        TableName=world.names(OREGON).table, Key={"pk": {"S": "SYSTEM"}, "sk": {"S": "LEASE"}}, ConsistentRead=True
    )["Item"]
    return {name: next(iter(value.values())) for name, value in item.items()}


def calls(world: World, **wanted: str) -> list[dict[str, Any]]:
    """Recorded calls with these values."""
    return [call for call in world.aws.calls() if all(call[name] == value for name, value in wanted.items())]
