"""Fault 27: an execution that slept through a newer one wakes up, and must not write what it once decided."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.errors import EpochStale, LeaseLost
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.steps.promote_database import promote_replica
from lyo_dr.steps.switch_traffic import take_authority, throw_latch
from tests.unit.aws import World
from tests.unit.builders import OREGON, REPLICA

STEPS = {"take authority": take_authority, "throw the latch": throw_latch, "promote": promote_replica}


def event(incident: Incident) -> dict[str, Any]:
    """What any of these steps is given."""
    more = {"database": "bookings", "started_at": "2026-03-29T12:00:00Z"}
    return {"incident": msgspec.to_builtins(incident), **more}


def a_newer_one_takes_over(world: World, old: Incident) -> Incident:
    """The old one's lease has ended while it slept; another incident holds it now, under a greater epoch."""
    ctx = world.ctx()
    assert ctx.store.control.release_lease(old.id, old.epoch, ctx.now())
    lease = ctx.store.control.take_lease("newer", ctx.now(), world.plan.budgets.lease)
    assert lease is not None
    assert lease.epoch == old.epoch + 1
    return msgspec.structs.replace(old, id="newer", epoch=lease.epoch)


@pytest.mark.parametrize("name", STEPS)
def test_fault_27_the_old_one_stops_by_itself_and_changes_nothing(world: World, name: str) -> None:
    old = world.given_incident()
    a_newer_one_takes_over(world, old)
    with pytest.raises(LeaseLost, match="the lease is held by newer"):
        STEPS[name].handler(event(old))
    assert world.latch() == []
    assert world.calls.rds[REPLICA].promotions == 0
    assert world.ctx().store.control.record().epoch == 0


def test_fault_27_after_the_newer_one_has_taken_authority_no_lease_brings_the_old_epoch_back(world: World) -> None:
    old = world.given_incident()
    world.ctx().store.control.change_record(
        SystemRecord(active_region=OREGON, standby_region=None, epoch=old.epoch + 1)
    )
    with pytest.raises(EpochStale, match="epoch 2 is on record, this step was given 1"):
        throw_latch.handler(event(old))
    assert world.latch() == []


def test_fault_27_the_twin_the_newer_one_goes_on(world: World) -> None:
    newer = a_newer_one_takes_over(world, world.given_incident())
    world.ctx().store.incidents.set("newer", gate="open")
    take_authority.handler(event(newer))
    throw_latch.handler(event(newer))
    assert world.latch() != []
    assert world.ctx().store.control.record().epoch == newer.epoch
