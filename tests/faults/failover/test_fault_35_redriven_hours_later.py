"""Fault 35: an execution is redriven hours later. Each step that changes something looks at the world itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.errors import AutomationPaused, EpochStale, GateNotPassed, LeaseLost
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.steps.database_restore import (
    point_secrets,
    preserve_evidence,
    renew_tasks,
    restore_to_new_instance,
    stop_damage,
)
from tests.unit.aws import World
from tests.unit.builders import IRELAND, OREGON

STEPS = {
    "StopDamage": stop_damage.handler,
    "PreserveEvidence": preserve_evidence.handler,
    "RestoreToNewInstance": restore_to_new_instance.handler,
    "PointSecrets": point_secrets.handler,
    "RenewTasks": renew_tasks.handler,
}
ALL = pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
Step = Callable[[dict[str, Any]], Any]


def event(incident: Incident) -> dict[str, Any]:
    beside = {"status": "ready", "sentence": "", "identifier": "new-1", "host": "new", "port": 1}
    told = {"incident": msgspec.to_builtins(incident), "database": "bookings", "service": "assistant"}
    return {**told, "beside": beside, "logins": "", "started_at": incident.opened_at.isoformat()}


def changes(world: World) -> list[str]:
    """Calls that are not about the table."""
    return [call for call in world.calls.made if not call.startswith("dynamodb:")]


@ALL
def test_fault_35_a_lease_that_somebody_else_has_taken_meanwhile_stops_it(world: World, step: Step) -> None:
    incident, system = world.given_incident(), world.ctx().store.control
    system.release_lease(incident.id, incident.epoch, world.ctx().now())
    system.take_lease("another", world.ctx().now(), world.plan.budgets.lease)
    with pytest.raises(LeaseLost, match="held by another"):
        step(event(incident))
    assert not changes(world)


@ALL
def test_fault_35_a_newer_epoch_stops_it(world: World, step: Step) -> None:
    incident = world.given_incident()
    newer = SystemRecord(active_region=IRELAND, standby_region=OREGON, epoch=incident.epoch + 1)
    world.ctx().store.control.change_record(newer)
    with pytest.raises(EpochStale):
        step(event(incident))
    assert not changes(world)


@ALL
def test_fault_35_a_gate_that_was_never_opened_stops_it(world: World, step: Step) -> None:
    with pytest.raises(GateNotPassed):
        step(event(world.given_incident(gate=None)))
    assert not changes(world)


@ALL
def test_fault_35_a_pause_stops_it(world: World, step: Step) -> None:
    incident = world.given_incident()
    world.pause()
    with pytest.raises(AutomationPaused, match="maintenance"):
        step(event(incident))
    assert not changes(world)
