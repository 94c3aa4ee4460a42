"""Fault 52: a person pauses the automation while an incident runs: it waits before its next irreversible step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.context import StepContext
from lyo_dr.errors import AutomationPaused
from lyo_dr.steps.await_consent import ask_consent, prepare_standby
from lyo_dr.steps.deploy_service import raise_capacity
from lyo_dr.steps.fence_region import fence_services
from lyo_dr.steps.promote_database import promote_replica
from lyo_dr.steps.region_failover import check_gate
from lyo_dr.steps.switch_traffic import take_authority, throw_latch
from tests.unit.aws import World
from tests.unit.builders import REPLICA, a_triage, given_replica, observers
from tests.unit.decisions.common.test_consent import a_gate
from tests.unit.operator_requests import knock

STEPS: dict[str, Any] = {
    "CheckGate": check_gate,
    "AskConsent": ask_consent,
    "PrepareStandby": prepare_standby,
    "FenceServices": fence_services,
    "PromoteReplica": promote_replica,
    "RaiseCapacity": raise_capacity,
    "TakeAuthority": take_authority,
    "ThrowLatch": throw_latch,
}


def event(world: World) -> dict[str, Any]:
    """Whatever any of these steps needs."""
    more = {
        "facts": observers(replicas=[given_replica(silent_for=2)]),
        "triage": a_triage(),
        "gate": a_gate(),
        "evidence": ["app silent"],
        "token": "t",
        "service": "assistant",
        "started_at": "2026-03-29T12:00:00Z",
    }
    found: dict[str, Any] = msgspec.to_builtins({"incident": world.given_incident(), "database": "bookings", **more})
    return found


@pytest.mark.parametrize("name", STEPS)
def test_fault_52_after_a_pause_through_the_door_no_step_does_anything(world: World, name: str) -> None:
    given = event(world)
    assert knock({"action": "pause", "why": "we restore by hand"})[0] == 200
    with pytest.raises(AutomationPaused, match=f"{name} did nothing: the automation is paused by .*: we restore by h"):
        STEPS[name].handler(given)
    assert world.calls.rds[REPLICA].promotions == 0
    assert world.latch() == []
    assert world.ctx().store.questions.read(given["incident"]["id"]) is None


@pytest.mark.parametrize("name", STEPS)
def test_fault_52_the_twin_after_a_resume_it_goes_on(world: World, name: str) -> None:
    given = event(world)
    knock({"action": "pause", "why": "we restore by hand"})
    knock({"action": "resume"})
    STEPS[name].handler(given)


def later(monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    """Time passes for every step and command."""
    real = StepContext.now
    monkeypatch.setattr(StepContext, "now", lambda ctx: real(ctx) + span)


def test_fault_52_while_it_waits_its_lease_is_renewed_and_its_timeline_says_so_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = event(world)
    knock({"action": "pause", "why": "we restore by hand"})
    for _ in range(3):
        later(monkeypatch, world.plan.budgets.lease - timedelta(seconds=30))
        with pytest.raises(AutomationPaused):
            promote_replica.handler(given)
    said = [sentence for sentence in world.said() if sentence.startswith("Waiting, nothing was changed: ")]
    assert len(said) == 1
    assert said[0].endswith("we restore by hand")
    knock({"action": "resume"})
    assert promote_replica.handler(given)["sentence"] == f"Promoting {REPLICA}"


def test_fault_52_a_second_pause_is_said_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given = event(world)
    for _ in range(2):
        knock({"action": "pause", "why": "we restore by hand"})
        with pytest.raises(AutomationPaused):
            promote_replica.handler(given)
        knock({"action": "resume"})
        later(monkeypatch, timedelta(seconds=5))
    assert len([sentence for sentence in world.said() if sentence.startswith("Waiting")]) == 2


def test_fault_52_time_paused_counts_against_no_budget(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime.now(UTC)
    knock({"action": "pause", "why": "we restore by hand"})
    later(monkeypatch, timedelta(minutes=50))
    knock({"action": "resume"})
    later(monkeypatch, timedelta(minutes=5))
    deadline = world.ctx().deadline(began, timedelta(minutes=45))
    assert timedelta(minutes=5) <= deadline.elapsed < timedelta(minutes=6)
    assert not deadline.expired


def test_fault_52_the_twin_without_a_pause_the_budget_is_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime.now(UTC)
    later(monkeypatch, timedelta(minutes=55))
    assert world.ctx().deadline(began, timedelta(minutes=45)).expired
