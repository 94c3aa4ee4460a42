"""A deposed region fences itself; a healthy one does two reads and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.errors import AwsCallFailed, ServiceUnreachable
from lyo_dr.model.fence import OwnFence
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.steps.keeper import fence_deposed, fence_self, keep_latch
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, OREGON, first_day
from tests.unit.fences import OREGON_TOOK_OVER, Functions, Go, oregon_takes_over


def test_fault_30_a_primary_that_comes_back_fences_itself_once_it_reads_its_peer(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    world.prepare("ecs")
    go(IRELAND)
    fence_self.handler({})
    assert fence_self.handler({}) == {"deposed": True, "complete": True}
    ireland = world.ctx(region=IRELAND)
    assert ireland.store.control.record() == OREGON_TOOK_OVER
    assert world.service(IRELAND) == (0, 0, 4)
    assert functions.asked[0] == ("close-database", IRELAND, {"database": "bookings", "epoch": 1})
    note = ireland.store.incidents.read_note("deposed-epoch-1", "FENCE", "assistant")
    assert note is not None
    assert (note["desired"], note["minimum"]) == (2, 2), "the way back is written down before anything is taken"
    assert ireland.store.fences.own() == OwnFence(
        epoch=1,
        complete=True,
        sentence="us-west-2 is active at epoch 1, so this region is fencing itself: "
        "services at zero, bookings closed to the app",
    )


def test_fault_30_what_is_done_is_not_repeated_and_people_are_told_once(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    for _ in range(4):
        fence_self.handler({})
    assert world.calls.count("ecs:UpdateService") == 1
    assert world.calls.count("application-autoscaling:RegisterScalableTarget") == 1
    assert world.calls.count("sns:Publish") == 1


def test_fault_30_the_latch_of_the_deposed_region_follows_its_record(
    world: World, functions: Functions, go: Go
) -> None:
    """Ireland had failed over to itself once: its latch held the SECONDARY record out."""
    world.ctx(region=IRELAND).store.control.change_record(first_day(standby_region=None, epoch=3))
    world.ctx().store.control.change_record(first_day(active_region=OREGON, standby_region=None, epoch=5))
    go(IRELAND)
    assert keep_latch.handler({}) == {"record": "secondary", "off": True}
    fence_self.handler({})
    assert keep_latch.handler({}) == {"record": "secondary", "off": False}


def test_a_task_that_somebody_starts_in_a_deposed_region_is_stopped_again(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    fence_self.handler({})
    place = world.plan.services[0].places[IRELAND]
    Ecs(IRELAND).set_desired(place, 2)
    fence_self.handler({})
    assert world.service(IRELAND)[0] == 0


def test_a_database_that_cannot_be_closed_yet_is_asked_again_and_is_not_called_fenced(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    functions.answers["close-database"] = ServiceUnreachable("asking it: no answer")
    fence_self.handler({})
    assert fence_self.handler({}) == {"deposed": True, "complete": False}
    functions.answers["close-database"] = {"database": "bookings", "closed": True, "reason": "closed"}
    assert fence_self.handler({}) == {"deposed": True, "complete": True}


HEALTHY = {
    "first day": (first_day(), first_day()),
    "equal epochs that contradict each other": (
        first_day(epoch=4),
        first_day(active_region=OREGON, standby_region=None, epoch=4),
    ),
    "an older word of the peer": (
        first_day(epoch=4, standby_region=None),
        first_day(active_region=OREGON, standby_region=None, epoch=3),
    ),
    "a newer word of the peer that names us": (first_day(), first_day(epoch=6, standby_region=None)),
}


@pytest.mark.parametrize(("mine", "theirs"), HEALTHY.values(), ids=HEALTHY.keys())
def test_fault_30_the_twin_a_region_that_is_not_deposed_does_two_reads_and_nothing_else(
    world: World, functions: Functions, go: Go, mine: SystemRecord, theirs: SystemRecord
) -> None:
    for region, record in ((IRELAND, mine), (OREGON, theirs)):
        if record.epoch:
            world.ctx(region=region).store.control.change_record(record)
    world.prepare("ecs")
    go(IRELAND)
    before = len(world.calls.made)
    assert fence_self.handler({}) == {"deposed": False}
    assert world.calls.made[before:] == ["dynamodb:GetItem"] * 2
    assert functions.asked == []
    assert world.ctx(region=IRELAND).store.control.record() == mine


@pytest.mark.parametrize("silence", [ServiceUnreachable("no answer"), AwsCallFailed("no"), refusal("AccessDenied")])
def test_fault_30_the_twin_an_unreachable_peer_fences_nothing(
    world: World, functions: Functions, go: Go, monkeypatch: pytest.MonkeyPatch, silence: Exception
) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    real = world.calls.call

    def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        if client.meta.region_name == OREGON:
            raise silence
        return real(client, operation, asked)

    monkeypatch.setattr(world.calls, "call", call)
    assert fence_self.handler({}) == {"deposed": False}
    assert functions.asked == []
    assert world.ctx(region=IRELAND).store.control.record() == first_day()


def test_while_a_person_has_paused_a_region_its_keeper_leaves_services_and_databases_to_them(
    world: World, functions: Functions, go: Go
) -> None:
    oregon_takes_over(world)
    world.prepare("ecs")
    world.pause()
    assert fence_deposed.handler({}) == {"deposed": True, "confirmed": False}
    Table(ResourceNames(world.plan, IRELAND).table, IRELAND).put(
        {"pk": "SYSTEM", "sk": "PAUSE", "paused": True, "by": "ada"}
    )
    go(IRELAND)
    assert fence_self.handler({}) == {"deposed": True, "complete": False}
    assert world.service(IRELAND) == (2, 2, 4)
    assert functions.asked == []
    assert world.ctx(region=IRELAND).store.control.record() == OREGON_TOOK_OVER, (
        "who is active is no question of a pause"
    )


def test_the_standby_never_fences_itself(world: World, functions: Functions, go: Go) -> None:
    go(OREGON)
    assert fence_self.handler({}) == {"deposed": False}
    assert functions.asked == []
