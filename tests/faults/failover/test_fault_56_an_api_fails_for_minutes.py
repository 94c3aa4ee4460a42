"""Fault 56: an API of the recovery region fails for minutes. Waited for until the stage is over, and said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ReadTimeoutError

from lyo_dr.context import StepContext
from lyo_dr.errors import (
    AccessDenied,
    AwsCallFailed,
    EpochStale,
    LeaseLost,
    LyoDrError,
    NoAnswerInTime,
    NotFound,
    ServiceUnreachable,
    Throttled,
    WrongState,
)
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.steps.deploy_service import raise_capacity
from lyo_dr.steps.switch_traffic import throw_latch
from tests.unit.aws import World, refusal
from tests.unit.builders import OREGON

AWAY = refusal("ServiceUnavailable", "come back later", status=503)
HOUR = timedelta(hours=1)


def tried(world: World, incident: Incident, *, retries: int, since: timedelta = timedelta(0), **more: Any) -> Any:
    """RaiseCapacity as the state machine calls it; its stage and state began some time ago."""
    entered = (world.ctx().now() - since).isoformat()
    attempt = {"entered": entered, "retries": retries, "started_at": entered}
    given = {"service": "assistant", "started_at": entered, "attempt": attempt, **more}
    return raise_capacity.handler({"incident": msgspec.to_builtins(incident), **given})


def waits(world: World) -> list[str]:
    return [line for line in world.said() if line.startswith("RaiseCapacity ")]


def test_fault_56_an_api_that_is_away_is_tried_again_and_said_once(world: World) -> None:
    incident = world.given_incident()
    world.calls.fail("ecs:DescribeServices", AWAY)
    entered = world.ctx().now().isoformat()
    for retries in range(8):
        attempt = {"entered": entered, "retries": retries, "started_at": entered}
        with pytest.raises(ServiceUnreachable):
            tried(world, incident, retries=retries, attempt=attempt)
    (line,) = waits(world)
    until = datetime.fromisoformat(entered) + world.plan.budgets.capacity
    assert line.startswith("RaiseCapacity waits (describing service lyo-saas-dr in us-west-2: ServiceUnavailable")
    assert line.endswith(f"; tried again until {until:%H:%M:%S} UTC")


def test_fault_56_when_it_comes_through_the_work_is_done_and_that_is_said(world: World) -> None:
    incident = world.given_incident()
    tried(world, incident, retries=9, since=timedelta(seconds=75))
    assert world.service(OREGON) == (2, 2, 4)
    (line,) = waits(world)
    assert line.startswith("RaiseCapacity goes on: it came through after 1 min 1")


def test_fault_56_after_the_budget_it_ends_with_an_error_that_is_not_retried_and_a_sentence(world: World) -> None:
    incident = world.given_incident()
    world.calls.fail("ecs:DescribeServices", AWAY)
    with pytest.raises(NoAnswerInTime) as ended:
        tried(world, incident, retries=62, since=world.plan.budgets.capacity)
    sentence = str(ended.value)
    assert sentence.startswith("RaiseCapacity gave up after 63 tries since ")
    assert "as the 15 min of its stage are over: describing service lyo-saas-dr in us-west-2: Serv" in sentence


def test_fault_56_the_clock_is_that_of_the_stage_not_of_the_state(world: World) -> None:
    incident = world.given_incident()
    world.calls.fail("ecs:DescribeServices", AWAY)
    now = world.ctx().now()
    attempt = {"entered": now.isoformat(), "retries": 0, "started_at": (now - HOUR).isoformat()}
    with pytest.raises(NoAnswerInTime):
        tried(world, incident, retries=0, attempt=attempt)


def test_must_not_fire_a_hiccup_is_spared_the_timeline(world: World) -> None:
    incident = world.given_incident()
    world.calls.fail("ecs:DescribeServices", refusal("ThrottlingException"))
    for retries in range(3):
        with pytest.raises(Throttled):
            tried(world, incident, retries=retries)
    world.calls.before = lambda _number, _name: None
    tried(world, incident, retries=2)
    assert waits(world) == []


REFUSED = {
    "AccessDeniedException": AccessDenied,
    "ServiceNotFoundException": NotFound,
    "InvalidParameterException": AwsCallFailed,
    "InvalidDBInstanceState": WrongState,
}


@pytest.mark.parametrize("code", REFUSED)
def test_must_not_fire_a_refusal_is_no_outage_and_fails_at_once(world: World, code: str) -> None:
    incident = world.given_incident()
    world.calls.fail("ecs:DescribeServices", refusal(code))
    for since in (timedelta(0), HOUR):
        with pytest.raises(REFUSED[code]):
            tried(world, incident, retries=5, since=since)
    assert waits(world) == []


def test_must_not_fire_what_the_guard_refuses_is_not_waited_for(world: World) -> None:
    incident = world.given_incident()
    world.ctx().store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=9))
    with pytest.raises(EpochStale):
        tried(world, incident, retries=5, since=HOUR)


def test_fault_56_a_table_that_is_away_costs_no_time_for_the_sentence(world: World) -> None:
    incident = world.given_incident()

    def silent(_number: int, name: str) -> None:
        if name.startswith("dynamodb:"):
            raise ReadTimeoutError(endpoint_url="https://dynamodb")

    world.calls.before = silent
    made = len(world.calls.made)
    with pytest.raises(ServiceUnreachable):
        tried(world, incident, retries=5)
    asked = ["dynamodb:GetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:PutItem"]
    assert world.calls.made[made:] == asked, "the guard's first, one for pauses, one to say it, one for the record"


def test_fault_56_a_step_that_was_told_nothing_of_its_tries_fails_as_before(world: World) -> None:
    incident = world.given_incident()
    world.calls.fail("cloudwatch:PutMetricData", AWAY)
    with pytest.raises(LyoDrError, match="ServiceUnavailable"):
        throw_latch.handler({"incident": msgspec.to_builtins(incident)})


def later(monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    real = StepContext.now
    monkeypatch.setattr(StepContext, "now", lambda ctx: real(ctx) + span)


def test_fault_56_a_lease_that_ran_out_while_the_table_was_away_is_renewed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = world.given_incident()
    later(monkeypatch, world.plan.budgets.lease + timedelta(minutes=5))
    tried(world, incident, retries=20, since=timedelta(minutes=5))
    lease = world.ctx().store.control.lease()
    assert lease is not None
    assert (lease.holder, lease.epoch) == (incident.id, incident.epoch)
    assert lease.expires_at > world.ctx().now()


def test_must_not_fire_a_lease_that_another_took_meanwhile_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = world.given_incident()
    later(monkeypatch, world.plan.budgets.lease + timedelta(minutes=5))
    assert world.ctx().store.control.take_lease("another", world.ctx().now(), world.plan.budgets.lease) is not None
    with pytest.raises(LeaseLost, match="held by another"):
        tried(world, incident, retries=20)
    assert world.service(OREGON)[0] == 0


def test_must_not_fire_a_lease_that_was_released_is_not_renewed(world: World) -> None:
    incident, ctx = world.given_incident(), world.ctx()
    assert ctx.store.control.release_lease(incident.id, incident.epoch, ctx.now())
    with pytest.raises(LeaseLost, match="our lease was released"):
        tried(world, incident, retries=20)


def test_must_not_fire_an_execution_redriven_after_the_rto_finds_its_lease_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = world.given_incident()
    later(monkeypatch, world.plan.budgets.lease + world.plan.objectives.rto)
    with pytest.raises(LeaseLost, match="our lease expired"):
        tried(world, incident, retries=0)


def test_fault_56_of_a_renewal_and_a_takeover_of_one_expired_lease_only_one_succeeds(world: World) -> None:
    """Whoever writes first: the other had read a lease that is no longer there."""
    system, ctx = world.ctx().store.control, world.ctx()
    ours = system.take_lease("a", ctx.now() - HOUR, timedelta(minutes=15))
    assert ours is not None

    def renew_first(_number: int, name: str) -> None:
        if name == "dynamodb:PutItem":
            world.calls.before = lambda _number, _name: None
            assert system.renew_lease(ours, ctx.now(), timedelta(minutes=15))

    world.calls.before = renew_first
    assert system.take_lease("b", ctx.now(), timedelta(minutes=15)) is None
    lease = system.lease()
    assert lease is not None
    assert lease.holder == "a"
