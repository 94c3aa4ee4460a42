"""Calls that a step makes only when something goes wrong: their permissions have to be there all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.aws.session import client
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.plan import Plan, ServiceLocation
from lyo_dr.steps.deploy_service import check_capacity
from lyo_dr.steps.switch_traffic import check_change
from tests.plans import lyo_plan
from tests.unit.aws import World
from tests.unit.builders import OREGON


def _given_a_crashed_task(place: ServiceLocation, why: str) -> None:
    """A task of the service that has stopped."""
    ecs = client("ecs", OREGON)
    ecs.register_task_definition(
        family="crashing", containerDefinitions=[{"name": "app", "image": "app", "memory": 128}]
    )
    ec2 = client("ec2", OREGON)
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    task = ecs.run_task(
        cluster=place.cluster,
        taskDefinition="crashing",
        launchType="FARGATE",
        startedBy=place.service,
        group=f"service:{place.service}",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
    )["tasks"][0]
    ecs.stop_task(cluster=place.cluster, task=task["taskArn"], reason=why)


def test_while_tasks_are_missing_the_reasons_why_others_stopped_are_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world.plan.service("assistant").places[OREGON]
    world.prepare("ecs")
    _given_a_crashed_task(place, "OutOfMemoryError: container killed")
    # moto starts every task that is asked for; here none of two runs.
    missing = ServiceState(desired=2, running=0, pending=2, rollout="IN_PROGRESS")
    monkeypatch.setattr(Ecs, "counts", lambda _ecs, _place: missing)
    incident = world.given_incident()
    asked: dict[str, Any] = {
        "incident": msgspec.to_builtins(incident),
        "service": "assistant",
        "started_at": world.ctx().now().isoformat(),
    }
    verdict = check_capacity.handler(asked)
    assert verdict["status"] == "pending"
    assert "OutOfMemoryError" in verdict["sentence"]
    assert world.calls.count("ecs:ListTasks") == world.calls.count("ecs:DescribeTasks") == 1


def test_where_traffic_moves_by_the_record_route_53_is_asked_for_its_change(build: Callable[[Plan], World]) -> None:
    world = build(lyo_plan(traffic__strategy="record"))
    now = world.ctx().now().isoformat()
    event = {"incident": msgspec.to_builtins(world.given_incident()), "started_at": now}
    submitted = {"changes": [{"name": "api.lyo-booking.com", "id": "C1"}], "submitted_at": now}
    verdict = check_change.handler({**event, "change": submitted})
    assert verdict["status"] == "ready"
    assert world.calls.count("route53:GetChange") == 1
