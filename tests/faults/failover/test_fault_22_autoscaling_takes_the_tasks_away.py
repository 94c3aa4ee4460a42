"""Fault 22: autoscaling puts the desired count back. Its minimum is raised first, and a lowered count is noticed."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from lyo_dr.decisions.common.capacity import capacity_progress, raise_to
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.fences import stop_services
from lyo_dr.steps.deploy_service import raise_capacity
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, OREGON, a_deadline, a_service

SERVICE = lyo_plan().services[0]


def judged(desired: int, running: int) -> Progress:
    return capacity_progress(SERVICE, a_service(desired, running), deadline=a_deadline(timedelta(minutes=15), spent=60))


def test_fault_22_the_minimum_keeps_what_the_plan_wants_and_the_maximum_has_room_for_it() -> None:
    wanted = raise_to(SERVICE, a_service(0, 0, minimum_capacity=0, maximum_capacity=1))
    assert (wanted.minimum, wanted.maximum, wanted.desired) == (2, 2, 2)


def test_fault_22_limits_that_are_wider_are_left_and_never_lowered() -> None:
    wanted = raise_to(SERVICE, a_service(3, 3, minimum_capacity=3, maximum_capacity=9))
    assert (wanted.minimum, wanted.maximum, wanted.desired) == (None, None, None)


def test_fault_22_the_limits_are_set_before_the_count(world: World) -> None:
    event = {"incident": msgspec.to_builtins(world.given_incident()), "service": "assistant"}
    raise_capacity.handler({**event, "started_at": "2026-03-29T12:00:00Z"})
    changed = [name for name in world.calls.made if name.endswith(("RegisterScalableTarget", "UpdateService"))]
    assert changed == ["application-autoscaling:RegisterScalableTarget", "ecs:UpdateService"]
    assert world.service(OREGON) == (2, 2, 4)


def test_fault_22_a_count_that_was_lowered_below_the_minimum_is_no_success() -> None:
    assert judged(desired=0, running=0) == Progress(
        status="broken", sentence="Service assistant was scaled down to 0 by someone else"
    )


def test_fault_22_fewer_tasks_than_asked_for_are_not_yet_enough() -> None:
    assert judged(desired=2, running=1).status == "pending"


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
def test_fault_22_limits_that_are_refused_keep_no_task_from_being_started(world: World, code: str) -> None:
    world.calls.fail("application-autoscaling:RegisterScalableTarget", refusal(code, "missing permissions"))
    incident = world.given_incident()
    started = world.ctx().now().isoformat()
    raise_capacity.handler({"incident": msgspec.to_builtins(incident), "service": "assistant", "started_at": started})
    assert world.service() == (2, 0, 4)
    assert "its autoscaling limits stay as they are and may undo that" in world.said()[-1]


def test_fault_22_limits_that_are_refused_keep_no_fence_from_stopping_the_tasks(world: World) -> None:
    world.calls.fail("application-autoscaling:RegisterScalableTarget", refusal("ValidationException", "no"))
    world.prepare("ecs")
    stopped = stop_services(world.plan, IRELAND, lambda _name, _state: None)
    assert (world.service(IRELAND)[0], stopped.fenced, stopped.refused) == (0, [], True)
    assert "ValidationException" in stopped.failures[0]
