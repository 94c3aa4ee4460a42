"""The region that took over sees to the fence of the other, and counts what that one alone holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters import clock
from lyo_dr.errors import AwsCallFailed
from lyo_dr.model.fence import OwnFence
from lyo_dr.steps.keeper import count_divergence, fence_deposed, fence_self
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, OREGON, an_incident, first_day
from tests.unit.fences import OREGON_TOOK_OVER, Functions, Go, oregon_takes_over


def test_fault_30_the_fence_is_tried_again_from_outside_until_it_is_confirmed(
    world: World, functions: Functions, go: Go
) -> None:
    incident = oregon_takes_over(world)
    world.prepare("ecs")
    assert fence_deposed.handler({}) == {"deposed": True, "confirmed": False}
    assert world.service(IRELAND) == (0, 0, 4), "stopped from outside, while its own keeper sleeps"
    fence_deposed.handler({})
    known = world.ctx().store.fences.deposed(1)
    assert known is not None
    assert known.sentence.endswith("it has not yet reported its databases as closed")
    go(IRELAND)
    fence_self.handler({})
    go(OREGON)
    assert fence_deposed.handler({}) == {"deposed": True, "confirmed": True}
    known = world.ctx().store.fences.deposed(1)
    assert known is not None
    assert (known.by, known.incident) == ("FenceDeposed", incident)
    assert known.confirmed_at is not None
    assert world.said()[-2].startswith("Fence of eu-west-1 confirmed: us-west-2 is active at epoch 1")


def test_a_confirmed_fence_is_told_once_and_costs_nothing_any_more(world: World, functions: Functions, go: Go) -> None:
    oregon_takes_over(world)
    go(IRELAND)
    fence_self.handler({})
    fence_self.handler({})
    go(OREGON)
    for _ in range(3):
        fence_deposed.handler({})
    before, published = len(world.calls.made), world.calls.count("sns:Publish")
    fence_deposed.handler({})
    assert set(world.calls.made[before:]) == {"dynamodb:GetItem"}
    assert published == 2, "one message of each region"


def test_a_silent_region_is_asked_within_the_fences_budget_and_stays_unconfirmed(world: World) -> None:
    oregon_takes_over(world)
    world.prepare("ecs")
    world.calls.fail("ecs:DescribeServices", refusal("ServiceUnavailable", status=503))
    assert fence_deposed.handler({}) == {"deposed": True, "confirmed": False}
    known = world.ctx().store.fences.deposed(1)
    assert known is not None
    assert known.sentence.startswith("eu-west-1 does not respond yet (")
    assert world.calls.count("ecs:UpdateService") == 0


@pytest.mark.parametrize("region", [IRELAND, OREGON])
def test_the_twin_nobody_is_fenced_on_the_first_day(world: World, go: Go, region: str) -> None:
    go(region)
    world.prepare("ecs")
    before = len(world.calls.made)
    assert fence_deposed.handler({}) == {"deposed": False}
    assert count_divergence.handler({}) == {"counted": False}
    assert world.calls.made[before:] == ["dynamodb:GetItem"] * 2


def test_the_twin_a_declared_standby_is_not_fenced(world: World) -> None:
    oregon_takes_over(world)
    world.ctx().store.control.change_record(first_day(active_region=OREGON, standby_region=IRELAND, epoch=2))
    assert fence_deposed.handler({}) == {"deposed": False}


def test_after_a_failover_by_hand_the_fence_is_kept_as_well(world: World) -> None:
    world.ctx().store.control.change_record(OREGON_TOOK_OVER)
    world.prepare("ecs")
    fence_deposed.handler({})
    known = world.ctx().store.fences.deposed(1)
    assert known is not None
    assert known.incident == "deposed-epoch-1"


# -- divergent rows ---------------------------------------------------------------------------------------
def confirm(world: World, minutes_ago: float = 0) -> None:
    fences = world.ctx().store.fences
    known = fences.deposed(1)
    assert known is not None
    moment = clock.now() - timedelta(minutes=minutes_ago)
    fences.keep(msgspec.structs.replace(known, confirmed_at=moment, by="FenceDeposed"))


def test_fault_30_rows_that_exist_only_in_the_deposed_database_are_counted_and_listed(
    world: World, functions: Functions
) -> None:
    incident = oregon_takes_over(world)
    confirm(world)

    def recent(asked: dict[str, Any]) -> dict[str, Any]:
        return {"keys": ["a", "b", "c"] if asked["table"] == "lyo_appointments" else [], "cut": False}

    functions.answers |= {"list-recent-rows": recent, "find-rows": ["b"]}
    assert count_divergence.handler({}) == {"counted": True, "missing": 2}
    note = world.ctx().store.incidents.read_note(incident, "DIVERGENT", "bookings#lyo_appointments")
    assert note is not None
    assert note["ids"] == ["a", "c"]
    assert "2 rows of lyo_appointments exist only in the deposed database" in world.said()
    assert "Every recent row of lyo_users in the deposed database exists here as well" in world.said()
    question = next(payload for name, _, payload in functions.asked if name == "list-recent-rows")
    assert question["since"] == (an_incident().outage_start - timedelta(seconds=302)).isoformat()
    assert {region for name, region, _ in functions.asked if name == "list-recent-rows"} == {IRELAND}
    assert {region for name, region, _ in functions.asked if name == "find-rows"} == {OREGON}
    assert count_divergence.handler({}) == {"counted": False}, "once is enough"
    assert world.calls.count("sns:Publish") == 1


def test_rows_are_not_counted_before_the_deposed_database_is_closed(world: World, functions: Functions) -> None:
    oregon_takes_over(world)
    assert count_divergence.handler({}) == {"counted": False}
    assert functions.asked == []


def test_a_count_that_fails_is_tried_again_and_given_to_a_person_in_the_end(world: World, functions: Functions) -> None:
    oregon_takes_over(world)
    functions.answers["list-recent-rows"] = AwsCallFailed("asking it: it failed with DatabaseUnreachable")
    confirm(world)
    with pytest.raises(AwsCallFailed):
        count_divergence.handler({})
    confirm(world, minutes_ago=91)
    assert count_divergence.handler({}) == {"counted": True, "missing": 0}
    assert world.said()[-2].startswith("Divergent rows were not counted: asking it")


# -- a stale writer ---------------------------------------------------------------------------------------
def test_fault_27_an_older_epoch_cannot_take_a_fence_back(world: World) -> None:
    fences = world.ctx().store.fences
    fences.expect(5, "newer")
    fences.expect(4, "older")
    assert fences.deposed(4) is None
    assert fences.deposed(5) is not None
    assert fences.say(OwnFence(epoch=5, complete=True, sentence="s"))
    assert not fences.say(OwnFence(epoch=4, complete=False, sentence="late"))
    own = fences.own()
    assert own is not None
    assert own.epoch == 5
