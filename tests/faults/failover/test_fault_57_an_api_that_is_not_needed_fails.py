"""Fault 57: an API that is not needed to serve is away. The recovery goes on, says so, and it is made good later."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.decisions.keeper.scaling import may_return_limits, may_set_limits
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.services.common.fences import stop_services
from lyo_dr.steps.deploy_service import check_capacity, raise_capacity
from lyo_dr.steps.keeper import settle_limits
from lyo_dr.steps.region_failover import lift_fence, undo_preparation
from lyo_dr.steps.switch_traffic import take_authority
from lyo_dr.store.owed_limits import LimitsToReturn, OwedLimits
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, NOON, OREGON, a_lease, at, first_day

AWAY = {
    "away": refusal("ServiceUnavailable", "come back later", status=503),
    "throttling": refusal("ThrottlingException"),
    "refusing": refusal("AccessDeniedException", "no"),
}
OF_AUTOSCALING = ("application-autoscaling:DescribeScalableTargets", "application-autoscaling:RegisterScalableTarget")


def fail(world: World, error: BaseException, *names: str) -> None:
    def check(_number: int, called: str) -> None:
        if called in names:
            raise error

    world.calls.before = check


def mend(world: World) -> None:
    world.calls.before = lambda _number, _name: None


def asked(world: World) -> dict[str, Any]:
    incident = world.given_incident()
    return {
        "incident": msgspec.to_builtins(incident),
        "service": "assistant",
        "started_at": incident.opened_at.isoformat(),
    }


def subjects(world: World) -> list[str]:
    return [line for line in world.said() if line.startswith("Notified responders")]


@pytest.mark.parametrize("how", AWAY)
@pytest.mark.parametrize("silent", [OF_AUTOSCALING, OF_AUTOSCALING[1:]], ids=["both", "the change"])
def test_fault_57_without_autoscaling_the_tasks_are_started_all_the_same(
    world: World, how: str, silent: tuple[str, ...]
) -> None:
    event = asked(world)
    fail(world, AWAY[how], *silent)
    raise_capacity.handler(event)
    mend(world)
    assert world.service(OREGON) == (2, 0, 4)
    assert "may undo that" in world.said()[-1]


def test_fault_57_the_limits_are_set_at_the_next_look_that_finds_it_back(world: World) -> None:
    event = asked(world)
    fail(world, AWAY["away"], *OF_AUTOSCALING)
    raise_capacity.handler(event)
    check_capacity.handler(event)
    mend(world)
    assert world.service(OREGON) == (2, 0, 4)
    check_capacity.handler(event)
    assert world.service(OREGON) == (2, 2, 4)
    assert "The autoscaling limits of assistant are set: 2 tasks at least" in world.said()
    before = world.calls.count(OF_AUTOSCALING[0])
    check_capacity.handler(event)
    assert world.calls.count(OF_AUTOSCALING[0]) == before, "what is settled is not asked for again"


def test_fault_57_a_service_that_is_stable_without_its_limits_serves_and_people_are_told_once(world: World) -> None:
    event = asked(world)
    fail(world, AWAY["away"], *OF_AUTOSCALING)
    raise_capacity.handler(event)
    assert [check_capacity.handler(event)["status"] for _ in range(2)] == ["ready", "ready"]
    assert subjects(world) == ["Notified responders: ACTION NEEDED: autoscaling of assistant is not set"]


def owing(world: World) -> dict[str, Any]:
    """A failover that went through, with limits that are owed."""
    event = asked(world)
    fail(world, AWAY["away"], *OF_AUTOSCALING)
    raise_capacity.handler(event)
    take_authority.handler(event)
    return event


def test_fault_57_after_the_failover_a_keeper_makes_it_good(world: World) -> None:
    owing(world)
    assert settle_limits.handler({}) == {"owed": 1, "settled": 0}
    mend(world)
    assert settle_limits.handler({}) == {"owed": 1, "settled": 1}
    assert world.service(OREGON) == (2, 2, 4)
    assert settle_limits.handler({}) == {"owed": 0, "settled": 0}


def test_must_not_fire_the_keeper_asks_nothing_of_aws_where_nothing_is_owed(world: World) -> None:
    event = asked(world)
    raise_capacity.handler(event)
    made = len(world.calls.made)
    assert settle_limits.handler({}) == {"owed": 0, "settled": 0}
    assert set(world.calls.made[made:]) == {"dynamodb:GetItem"}
    check_capacity.handler(event)
    assert subjects(world) == []


def test_must_not_fire_the_keeper_starts_no_service_that_was_stopped_meanwhile(world: World) -> None:
    owing(world)
    mend(world)
    Ecs(OREGON).set_desired(world.plan.services[0].places[OREGON], 0)
    assert settle_limits.handler({}) == {"owed": 1, "settled": 0}
    assert world.service(OREGON) == (0, 0, 4)


def test_must_not_fire_the_keeper_does_nothing_while_paused(world: World) -> None:
    owing(world)
    mend(world)
    world.pause()
    assert settle_limits.handler({}) == {"owed": 1, "settled": 0}


HERE = first_day(active_region=OREGON, standby_region=None, epoch=3)
SITUATIONS: dict[str, tuple[SystemRecord, Lease | None, bool]] = {
    "active here, nobody works": (HERE, None, True),
    "active here, the incident that owes still works": (HERE, a_lease(holder="owes", epoch=3, expires_at=at(9)), True),
    "another works": (HERE, a_lease(holder="another", epoch=3, expires_at=at(9)), False),
    "another has ended": (HERE, a_lease(holder="another", epoch=3, expires_at=NOON), True),
    "the other region is active": (first_day(active_region=IRELAND, epoch=3), None, False),
    "a newer decision counts": (first_day(active_region=OREGON, standby_region=None, epoch=4), None, False),
    "a restore in the active region, which has no epoch of its own": (
        first_day(active_region=OREGON, epoch=1),
        None,
        True,
    ),
}


@pytest.mark.parametrize(("record", "lease", "may"), SITUATIONS.values(), ids=SITUATIONS)
def test_limits_are_set_in_the_active_region_and_beside_nobody(
    record: SystemRecord, lease: Lease | None, may: bool
) -> None:
    assert may_set_limits("owes", 3, record=record, lease=lease, here=OREGON, now=NOON) is may


def test_must_not_fire_ecs_itself_is_needed_and_is_waited_for(world: World) -> None:
    event = asked(world)
    fail(world, AWAY["away"], "ecs:UpdateService")
    with pytest.raises(ServiceUnreachable):
        raise_capacity.handler(event)


@pytest.mark.parametrize("how", AWAY)
def test_fault_57_a_lost_region_whose_autoscaling_is_silent_is_fenced_all_the_same(world: World, how: str) -> None:
    world.prepare("ecs")
    fail(world, AWAY[how], *OF_AUTOSCALING)
    stopped = stop_services(world.plan, IRELAND, lambda _name, _state: None)
    mend(world)
    assert world.service(IRELAND)[0] == 0
    assert (stopped.fenced, stopped.refused) == ([], True)


NOT_PUT_BACK = "Notified responders: ACTION NEEDED: autoscaling of assistant is not put back"


def fenced(world: World) -> dict[str, Any]:
    """Ireland was fenced, and turns out to be well."""
    event = asked(world)
    incident = event["incident"]["id"]
    place = world.plan.services[0].places[IRELAND]
    Ecs(IRELAND).scale(place, minimum=0, maximum=4, desired=0)
    world.ctx().store.incidents.record_once(incident, "FENCE", "assistant", desired=2, minimum=2, maximum=4)
    return {"incident": event["incident"]}


def prepared(world: World) -> dict[str, Any]:
    """Oregon was scaled up while a person was asked, and is not needed."""
    event = asked(world)
    raise_capacity.handler(event)
    incident = event["incident"]["id"]
    world.ctx().store.incidents.record_once(incident, "PREPARED", "assistant", desired=0, minimum=0, maximum=4)
    return {"incident": event["incident"]}


@pytest.mark.parametrize("how", AWAY)
def test_fault_57_a_lifted_fence_gives_tasks_at_once_and_a_keeper_the_limits_later(world: World, how: str) -> None:
    event = fenced(world)
    fail(world, AWAY[how], *OF_AUTOSCALING)
    lift_fence.handler(event)
    assert NOT_PUT_BACK in world.said()
    assert settle_limits.handler({}) == {"owed": 1, "settled": 0}
    mend(world)
    assert world.service(IRELAND) == (2, 0, 4)
    assert settle_limits.handler({}) == {"owed": 1, "settled": 1}
    assert world.service(IRELAND) == (2, 2, 4)
    assert "The autoscaling limits of assistant in eu-west-1 are put back: 2 to 4 tasks" in world.said()
    assert settle_limits.handler({}) == {"owed": 0, "settled": 0}


@pytest.mark.parametrize("how", AWAY)
def test_fault_57_a_preparation_that_is_undone_owes_its_limits_too(world: World, how: str) -> None:
    event = prepared(world)
    fail(world, AWAY[how], *OF_AUTOSCALING)
    undo_preparation.handler(event)
    assert NOT_PUT_BACK in world.said()
    mend(world)
    assert world.service(OREGON) == (0, 2, 4)
    assert settle_limits.handler({}) == {"owed": 1, "settled": 1}
    assert world.service(OREGON) == (0, 0, 4)


def test_must_not_fire_limits_that_are_taken_at_once_are_owed_to_nobody(world: World) -> None:
    lift_fence.handler(fenced(world))
    assert world.service(IRELAND) == (2, 2, 4)
    assert settle_limits.handler({}) == {"owed": 0, "settled": 0}
    assert NOT_PUT_BACK not in world.said()


def test_fault_57_a_second_run_that_is_heard_settles_what_the_first_one_owed(world: World) -> None:
    event = fenced(world)
    fail(world, AWAY["away"], *OF_AUTOSCALING)
    lift_fence.handler(event)
    mend(world)
    lift_fence.handler(event)
    assert world.service(IRELAND) == (2, 2, 4)
    assert settle_limits.handler({}) == {"owed": 0, "settled": 0}


def test_fault_57_what_the_preparation_itself_owed_is_owed_no_more(world: World) -> None:
    event = prepared(world)
    owed = OwedLimits(service="assistant", incident=event["incident"]["id"], epoch=event["incident"]["epoch"])
    world.ctx().store.owed_limits.owe(owed)
    undo_preparation.handler(event)
    assert world.ctx().store.owed_limits.of("assistant") is None


def test_must_not_fire_a_minimum_is_not_put_back_to_a_service_that_was_stopped_meanwhile(world: World) -> None:
    event = fenced(world)
    fail(world, AWAY["away"], *OF_AUTOSCALING)
    lift_fence.handler(event)
    mend(world)
    Ecs(IRELAND).set_desired(world.plan.services[0].places[IRELAND], 0)
    assert settle_limits.handler({}) == {"owed": 1, "settled": 0}
    assert world.service(IRELAND) == (0, 0, 4)


def test_must_not_fire_a_region_that_was_lost_later_keeps_its_fence(world: World) -> None:
    event = fenced(world)
    back = LimitsToReturn(service="assistant", region=IRELAND, incident=event["incident"]["id"], minimum=2, maximum=4)
    world.ctx().store.owed_limits.owe_back(back)
    world.ctx().store.control.change_record(HERE)
    assert settle_limits.handler({}) == {"owed": 1, "settled": 1}
    assert world.service(IRELAND) == (0, 0, 4)
    assert "The autoscaling limits of assistant in eu-west-1 are not put back: us-west-2 serves" in world.said()


THERE = first_day()
RETURNS: dict[str, tuple[SystemRecord, Lease | None, str]] = {
    "the other region serves": (THERE, None, "yes"),
    "the incident that owes still works": (THERE, a_lease(holder="owes", expires_at=at(9)), "yes"),
    "another works": (THERE, a_lease(holder="another", expires_at=at(9)), "wait"),
    "another has ended": (THERE, a_lease(holder="another", expires_at=NOON), "yes"),
    "this region serves by now": (HERE, None, "never"),
}


@pytest.mark.parametrize(("record", "lease", "may"), RETURNS.values(), ids=RETURNS)
def test_limits_are_put_back_where_the_regions_are_as_they_were_and_beside_nobody(
    record: SystemRecord, lease: Lease | None, may: str
) -> None:
    assert may_return_limits("owes", record=record, lease=lease, here=OREGON, now=NOON) == may
