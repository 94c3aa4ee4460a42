"""The door in front of a breach: received, opened, refused aloud."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.adapters.aws.session import client
from lyo_dr.context import StepContext
from lyo_dr.errors import BadSignal, ServiceUnreachable
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.steps.incident_response import open_incident, receive, record_failure, settle_lease
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.breaches import BREACH, FINDING, a_breach_signal, a_finding
from tests.unit.builders import IRELAND, OREGON


@pytest.fixture(autouse=True)
def _in_ireland(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", IRELAND)


def started(world: World, region: str) -> list[str]:
    states, machine = client("stepfunctions", region), ResourceNames(world.plan, region).machine("incident_response")
    return [one["name"] for one in states.list_executions(stateMachineArn=machine)["executions"]]


def opened(world: World, **changes: Any) -> Any:
    signal = msgspec.structs.replace(a_breach_signal(), at=world.ctx().now(), **changes)
    return open_incident.handler({"signal": json.loads(msgspec.json.encode(signal)), "execution": BREACH})


def said(world: World, name: str = BREACH) -> list[str]:
    return [line.sentence for line in world.ctx(region=IRELAND).store.incidents.timeline(name)]


def test_a_finding_starts_the_same_incident_at_both_doors_however_often_it_comes(world: World) -> None:
    names = {receive.handler(a_finding())["incident"] for _ in range(3)}
    assert len(names) == 1
    assert started(world, IRELAND) == started(world, OREGON) == list(names)


def test_a_finding_about_another_user_starts_an_incident_of_its_own(world: World) -> None:
    first = receive.handler(a_finding())["incident"]
    other = receive.handler(a_finding(resource={"rdsDbUserDetails": {"user": "lyo_report"}}))
    assert other["started"] is True
    assert sorted(started(world, IRELAND)) == sorted([first, other["incident"]])


def test_an_archived_finding_starts_nothing_and_is_no_failure(world: World) -> None:
    answer = receive.handler(a_finding(service={"archived": True}))
    assert "archived" in answer["ignored"]
    assert started(world, IRELAND) == []


def test_a_door_that_does_not_answer_keeps_the_other_from_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = stepfunctions.start

    def start(*given: Any, **more: Any) -> Any:
        if more.get("brief"):
            raise ServiceUnreachable("us-west-2 is silent")
        return real(*given, **more)

    monkeypatch.setattr(stepfunctions, "start", start)
    assert receive.handler(a_finding())["started"] is True
    assert len(started(world, IRELAND)) == 1


def test_a_breach_opens_without_a_lease(world: World) -> None:
    answer = opened(world)
    assert (answer["admission"], answer["breach"], answer["epoch"]) == ("open", FINDING, 0)
    assert said(world) == [f"Incident opened by guardduty: possible breach ({FINDING})"]
    assert world.ctx(region=OREGON).store.control.lease() is None


def test_with_a_silent_standby_it_opens_all_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        @property
        def control(self) -> None:
            raise ServiceUnreachable("us-west-2 is silent")

    monkeypatch.setattr(StepContext, "peer", Silent())
    monkeypatch.setattr(StepContext, "standby", Silent())
    assert opened(world)["admission"] == "open"


@pytest.mark.parametrize("kind", ["region_loss", "restore", "rotation"])
def test_a_breach_beside_other_work_is_opened_and_takes_nothing_from_it(world: World, kind: Any) -> None:
    ctx = world.ctx(region=OREGON)
    held = ctx.store.control.take_lease("another", ctx.now(), world.plan.budgets.lease, kind)
    assert opened(world)["admission"] == "open"
    assert ctx.store.control.lease() == held


def test_a_breach_without_a_word_about_it_is_a_bad_signal(world: World) -> None:
    with pytest.raises(BadSignal, match="has to say what is suspected"):
        opened(world, breach=None)
    assert world.ctx(region=OREGON).store.control.lease() is None


def test_a_plan_without_the_part_opens_none(build: Any) -> None:
    world = build(msgspec.structs.replace(lyo_plan(), breach=None))
    with pytest.raises(BadSignal, match="no section breach"):
        opened(world)


def test_a_failure_says_that_it_is_not_contained_and_that_the_block_stays(world: World) -> None:
    answer = opened(world)
    so_far = {"incident": answer, "error": {"Error": "NotContained", "Cause": "sessions: no"}}
    failure = record_failure.handler({"incident_id": BREACH, "so_far": so_far})
    assert failure["sentence"] == "The breach is not contained: NotContained: sessions: no"
    settle_lease.handler({"incident_id": BREACH, "so_far": {**so_far, "failure": failure}})
    assert said(world)[-1] == "This incident holds no lease; blocked addresses stay blocked"


def test_the_peer_that_refuses_is_on_the_log_and_no_failure(world: World) -> None:
    count = [0]

    def refuse_second(_number: int, name: str) -> None:
        count[0] += name.endswith(":StartExecution")
        if count[0] == 2:
            raise refusal("AccessDeniedException")

    world.calls.before = refuse_second
    assert receive.handler(a_finding())["started"] is True
