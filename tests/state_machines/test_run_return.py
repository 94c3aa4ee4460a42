"""The lost region comes back before the promotion: called off, and everything as it was."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from drills.results.record import TimelineLine
from drills.world.onboard import master_dsn
from drills.world.world import World
from lyo_dr.adapters.http import probe
from tests.plans import lyo_plan
from tests.state_machines.failover import (
    IRELAND,
    OREGON,
    Followed,
    calls,
    follow,
    lease,
    start_by_hand,
    with_budgets,
    without_detection,
)

pytestmark = pytest.mark.drill

_HELD = [{"kind": "hold", "region": IRELAND, "app": "FenceServices"}, {"kind": "blackhole", "region": IRELAND}]


@pytest.fixture(scope="module")
def returned() -> Iterator[tuple[World, Followed]]:
    """Ireland is silent until the second look has called it lost; then it serves, and the fence is answered.

    The fence's first call waits until it does, and may: its budget here is of a machine that is never too slow.
    """
    with World(lyo_plan(), adjust=with_budgets(promotion=20, validation=8, fence=120), warm=False) as world:
        back = False

        def at(line: TimelineLine) -> None:
            nonlocal back
            if line.step == "ConfirmRegionLost" and not back:
                back = True
                world.host.revive_region(IRELAND)
                _wait_until_it_serves(world)
                world.aws.set_faults([])

        without_detection(world)
        world.lose_region(IRELAND)
        world.aws.set_faults(_HELD)
        yield world, follow(world, start_by_hand(world, "returned"), at)


def _wait_until_it_serves(world: World) -> None:
    service, deadline = world.plan.services[0], time.monotonic() + 60
    while probe(service.ready_url(IRELAND), 5.0).status != 200:
        assert time.monotonic() < deadline, "Ireland does not serve again"
        time.sleep(0.1)


def test_fault_29_a_region_that_answers_the_fence_is_looked_at_again_and_left_alone(
    returned: tuple[World, Followed],
) -> None:
    _, incident = returned
    assert incident.status == "SUCCEEDED", incident.lines
    assert incident.head["ending"] in ("held", "stood_down")
    first, second = incident.said_by("ConfirmRegionLost")
    assert first.startswith("eu-west-1 is down")
    assert second.startswith("Lifting the fence, nothing is promoted")
    assert incident.said_by("FenceServices") == ["eu-west-1 answered; stopped assistant"]


def test_fault_29_what_the_fence_took_is_given_back(returned: tuple[World, Followed]) -> None:
    world, incident = returned
    assert incident.said_by("LiftFence") == ["Fence lifted in eu-west-1: assistant to 2 tasks"]
    place = world.plan.services[0].places[IRELAND]
    found = world.client("ecs", IRELAND).describe_services(cluster=place.cluster, services=[place.service])
    assert found["services"][0]["desiredCount"] == 2
    target = world.client("application-autoscaling", IRELAND).describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[f"service/{place.cluster}/{place.service}"]
    )["ScalableTargets"][0]
    assert target["MinCapacity"] == world.plan.services[0].minimum


def test_fault_29_nothing_was_promoted_and_nothing_moved(returned: tuple[World, Followed]) -> None:
    world, incident = returned
    assert not calls(world, op="PromoteReadReplica")
    assert not {"PromoteReplica", "RaiseCapacity", "TakeAuthority", "ThrowLatch"} & set(incident.steps)
    assert world.leads_to(IRELAND)
    dsn = master_dsn(world, world.plan, world.plan.databases[0], OREGON)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("select pg_is_in_recovery()").fetchone() == (True,)


def test_fault_29_the_lease_is_given_back_and_ireland_stays_active_and_unfenced(
    returned: tuple[World, Followed],
) -> None:
    world, incident = returned
    held = lease(world)
    assert held["holder"] == incident.id
    assert datetime.fromisoformat(held["expires_at"]) <= datetime.now(UTC)
    for region in (IRELAND, OREGON):
        item = world.client("dynamodb", region).get_item(
            TableName=world.names(region).table, Key={"pk": {"S": "SYSTEM"}, "sk": {"S": "FENCED"}}
        )
        assert "Item" not in item, "a healthy active region is never fenced by its own keeper"
