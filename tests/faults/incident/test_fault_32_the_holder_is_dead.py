"""Fault 32: the holder of the lease died. Another takes over after its end; what the dead one does is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.context import StepContext
from lyo_dr.errors import LeaseLost
from lyo_dr.steps.incident_response import open_incident
from lyo_dr.steps.switch_traffic import take_authority
from tests.unit.aws import World
from tests.unit.builders import a_signal


def a_start(ctx: StepContext, name: str) -> Any:
    """A person starts an incident now."""
    signal = a_signal(at=ctx.now(), source="operator")
    return open_incident.handler({"signal": msgspec.to_builtins(signal), "execution": name})


def later(monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    """Time passes for every step."""
    real = StepContext.now
    monkeypatch.setattr(StepContext, "now", lambda ctx: real(ctx) + span)


def test_fault_32_a_lease_that_is_not_renewed_ends_and_the_next_holder_has_a_greater_epoch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_start(world.ctx(), "first")
    later(monkeypatch, world.plan.budgets.lease)
    second = a_start(world.ctx(), "second")
    assert (first["admission"], second["admission"]) == ("open", "open")
    assert second["epoch"] == first["epoch"] + 1


def test_fault_32_the_twin_a_holder_that_lives_is_not_taken_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a_start(world.ctx(), "first")
    later(monkeypatch, world.plan.budgets.lease - timedelta(seconds=5))
    assert a_start(world.ctx(), "second")["admission"] == "duplicate"


def test_fault_32_what_the_dead_one_still_does_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = world.given_incident()
    later(monkeypatch, world.plan.budgets.lease + timedelta(seconds=1))
    assert a_start(world.ctx(), "second")["admission"] == "open"
    with pytest.raises(LeaseLost, match="the lease is held by second"):
        take_authority.handler({"incident": msgspec.to_builtins(first)})
    assert world.ctx().store.control.record().epoch == 0
    assert not world.ctx().store.control.release_lease(first.id, first.epoch, world.ctx().now())
    lease = world.ctx().store.control.lease()
    assert lease is not None
    assert lease.holder == "second"
