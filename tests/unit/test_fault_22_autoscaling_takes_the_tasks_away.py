"""Fault 22: autoscaling puts the desired count back. Its minimum is raised first, and a lowered count is noticed."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lyo_dr.decisions.capacity import capacity_progress, raise_to
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.deploy_service import raise_capacity
from tests.plans import lyo_plan
from tests.unit.aws import World
from tests.unit.vocabulary import NOON, OREGON, a_service, at

SERVICE = lyo_plan().services[0]


def judged(desired: int, running: int) -> Progress:
    return capacity_progress(
        SERVICE, a_service(desired, running), started_at=NOON, budget=timedelta(minutes=15), now=at(60), poll=15
    )


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
        status="broken", sentence="Service assistant was lowered to 0 by somebody else"
    )


def test_fault_22_fewer_tasks_than_asked_for_are_not_yet_enough() -> None:
    assert judged(desired=2, running=1).status == "pending"
