"""A kept lease ends by a person's word, with a reason, and only when nobody works under it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.model.incident import Incident
from tests.unit.aws import World
from tests.unit.operator_requests import ADA, knock


def kept(world: World) -> Incident:
    """An incident whose failure path has kept its lease."""
    incident, ctx = world.given_incident(), world.ctx()
    lease = ctx.store.control.lease()
    assert lease is not None
    assert ctx.store.control.keep_lease(lease, ctx.now() + timedelta(days=365))
    return incident


def release(holder: str, why: str = "finished by hand") -> tuple[int, str]:
    return knock({"action": "release", "incident": holder, "why": why})


def test_it_is_released_and_the_timeline_says_by_whom_and_why(world: World) -> None:
    incident = kept(world)
    assert release(incident.id) == (200, f"the lease of {incident.id} is released; new incidents may start")
    assert world.said()[-1] == f"{ADA} released the lease this incident kept: finished by hand"
    lease = world.ctx().store.control.lease()
    assert lease is not None
    assert (lease.holder, lease.epoch) == (incident.id, incident.epoch)
    assert lease.expires_at <= world.ctx().now()


def test_the_twin_a_holder_that_runs_keeps_it(world: World) -> None:
    incident = world.given_incident()
    before = world.ctx().store.control.lease()
    status, sentence = release(incident.id)
    assert status == 409
    assert f"{incident.id} is still in progress" in sentence
    assert world.ctx().store.control.lease() == before
    assert "tried to release the lease without effect" in world.said()[-1]


@pytest.mark.parametrize("again", [1, 2])
def test_the_twin_another_name_and_a_second_time_release_nothing(world: World, again: int) -> None:
    incident = kept(world)
    status, sentence = release("another")
    assert (status, sentence) == (409, f"another holds no lease here; {incident.id} does")
    for _ in range(again):
        release(incident.id)
    assert release(incident.id) == (409, f"{incident.id} holds no lease here; nothing is held")


def test_it_needs_a_reason(world: World) -> None:
    assert release(kept(world).id, why=" ") == (400, "release needs a reason (why)")
