"""The cases of ``deploy_service``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.steps.keeper import settle_limits
from tests.killed.given import an_event, of_service
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.plans import raw_plan_of_two
from tests.unit.builders import NOON, OREGON

OWED = {"SYSTEM LIMITS#": "limits that could not be set at once were owed, and are settled"}


def settle(stage: Stage) -> None:
    """Oregon is active by then, no incident holds a lease, and its keeper sets the limits that are owed."""
    stage.world.ctx().store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    settle_limits.handler({})


def _of_two(**worker: Any) -> Callable[[], Plan]:
    """``worker`` comes after ``assistant``."""

    def planned() -> Plan:
        raw = raw_plan_of_two()
        raw["services"][1] |= {"after": ["assistant"], **worker}
        return read_plan(raw)

    return planned


def _its_turn(stage: Stage) -> dict[str, Any]:
    """``assistant`` is stable in Oregon by now."""
    place = stage.plan.service("assistant").places[OREGON]
    stage.services.found[OREGON, f"service/{place.cluster}/{place.service}"].desired = 2
    return an_event(stage, service="worker", started_at=NOON)


def _in_authority(stage: Stage) -> dict[str, Any]:
    event = _its_turn(stage)
    stage.world.ctx().store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    return event


CASES = {
    "raise_capacity": [
        Case(of_service, afterwards=settle, blurred=OWED),
        Case(_its_turn, plan=_of_two(), afterwards=settle, blurred=OWED),
        Case(_its_turn, plan=_of_two(runs_once=True), reads_only=True),
        Case(_in_authority, plan=_of_two(runs_once=True), afterwards=settle, blurred=OWED),
    ],
    "check_capacity": Case(of_service, reads_only=True),
}
