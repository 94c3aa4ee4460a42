"""Whose turn it is to be raised, told by real services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.steps.await_consent import prepare_standby
from lyo_dr.steps.deploy_service import raise_capacity
from lyo_dr.steps.fence_region import fence_services
from lyo_dr.steps.restore_replicated import renew_services
from tests.plans import raw_plan_of_two
from tests.unit.aws import World
from tests.unit.builders import OREGON

Build = Callable[[Plan], World]


def of_two(**worker: Any) -> Plan:
    """``assistant``, and ``worker`` with these words of its own."""
    raw = raw_plan_of_two()
    raw["services"][1] |= worker
    return read_plan(raw)


def raised(world: World, incident: Incident, service: str) -> Any:
    asked = {"incident": msgspec.to_builtins(incident), "service": service, "started_at": world.ctx().now().isoformat()}
    return raise_capacity.handler(asked)


def take_authority(world: World, incident: Incident) -> None:
    record = SystemRecord(active_region=OREGON, standby_region=None, epoch=incident.epoch)
    world.ctx().store.control.change_record(record)


def test_a_service_is_raised_when_the_one_before_it_is_stable(build: Build) -> None:
    world = build(of_two(after=["assistant"]))
    incident = world.given_incident()
    waits = raised(world, incident, "worker")
    assert (waits["status"], waits["wait_seconds"]) == ("waits", 15)
    assert waits["sentence"] == "worker is raised after assistant, not stable yet"
    assert not [name for name in world.calls.made if name.endswith(("UpdateService", "RegisterScalableTarget"))]
    assert raised(world, incident, "assistant")["status"] == "raised"
    assert raised(world, incident, "worker")["status"] == "raised"


def test_must_not_fire_services_without_an_order_are_raised_at_once(build: Build) -> None:
    world = build(of_two())
    incident = world.given_incident()
    assert raised(world, incident, "worker")["status"] == "raised"
    assert world.calls.count("ecs:DescribeServices") == 1


def test_nothing_waits_until_a_service_that_is_not_critical_is_stable(build: Build) -> None:
    world = build(of_two(critical=False))
    verdict = raised(world, world.given_incident(), "worker")
    assert (verdict["status"], verdict["desired"]) == ("left", 4)


def test_what_runs_once_is_raised_only_after_authority(build: Build) -> None:
    world = build(of_two(runs_once=True))
    incident = world.given_incident()
    early = raised(world, incident, "worker")
    assert early["status"] == "left"
    assert early["sentence"] == "worker runs once: it is raised when us-west-2 has taken authority"
    assert world.calls.count("ecs:UpdateService") == 0
    take_authority(world, incident)
    assert raised(world, incident, "worker")["status"] == "raised"


@pytest.mark.parametrize(("once", "prepared"), [(True, 1), (False, 2)])
def test_nothing_that_runs_once_is_prepared_while_a_person_is_asked(build: Build, once: bool, prepared: int) -> None:
    world = build(of_two(runs_once=once))
    assert prepare_standby.handler({"incident": msgspec.to_builtins(world.given_incident())}) == {"prepared": prepared}


@pytest.mark.parametrize(("first", "order"), [(True, "worker, assistant"), (False, "assistant, worker")])
def test_the_fence_stops_those_first_that_say_so(build: Build, first: bool, order: str) -> None:
    world = build(of_two(stop_first=first))
    verdict = fence_services.handler({"incident": msgspec.to_builtins(world.given_incident())})
    assert verdict["sentence"] == f"eu-west-1 answered; stopped {order}"


def renewed(world: World, incident: Incident) -> Any:
    asked = {"incident": msgspec.to_builtins(incident), "database": "bookings", "restored": {"database": "bookings"}}
    return renew_services.handler(asked)


def test_what_runs_once_gets_no_new_tasks_before_authority(build: Build) -> None:
    world = build(of_two(runs_once=True))
    incident = world.given_incident()
    raised(world, incident, "assistant")
    updates = world.calls.count("ecs:UpdateService")
    assert renewed(world, incident)["status"] == "pending"
    assert world.calls.count("ecs:UpdateService") == updates + 1
    assert renewed(world, incident)["status"] == "ready"


def test_must_not_fire_nothing_waits_for_new_tasks_of_a_service_that_is_not_critical(build: Build) -> None:
    world = build(of_two(critical=False))
    incident = world.given_incident()
    raised(world, incident, "assistant")
    assert renewed(world, incident)["sentence"] == "Service assistant is redeployed with the current secrets"
    assert renewed(world, incident)["status"] == "ready"
