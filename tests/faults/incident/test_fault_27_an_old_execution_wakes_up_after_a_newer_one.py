"""Fault 27: an execution is suspended, another takes over, and the first one wakes up where it was."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters import clock
from lyo_dr.errors import EpochStale, LeaseLost
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.steps.deploy_service import raise_capacity
from lyo_dr.steps.fence_region import fence_services
from lyo_dr.steps.keeper import keep_latch
from lyo_dr.steps.promote_database import promote_replica
from lyo_dr.steps.protect_database import apply_protection
from lyo_dr.steps.region_failover import lift_fence
from lyo_dr.steps.switch_traffic import change_record, take_authority, throw_latch
from tests.unit.aws import World
from tests.unit.builders import IRELAND, OREGON, a_signal, an_incident

READING = {"GetItem", "Query"}


@dataclasses.dataclass
class Two:
    """The old incident and the one that took over from it, each with its epoch."""

    old: Incident
    new: Incident


@pytest.fixture
def two(world: World) -> Two:
    old = world.given_incident()
    ctx = world.ctx()
    lease = ctx.store.control.lease()
    assert lease is not None
    ctx.store.control.keep_lease(lease, clock.now() - timedelta(seconds=1))  # it slept until its lease had ended
    taken = ctx.store.control.take_lease("newer", ctx.now(), ctx.plan.budgets.lease)
    assert taken is not None
    new = an_incident(id="newer", epoch=taken.epoch, opened_at=ctx.now())
    ctx.store.incidents.open(new, a_signal(), ctx.plan.digest())
    ctx.store.incidents.set("newer", gate="open")
    return Two(old, new)


Run = Callable[[dict[str, Any]], Any]
MUTATING: dict[str, Run] = {
    "FenceServices": fence_services.handler,
    "LiftFence": lift_fence.handler,
    "PromoteReplica": promote_replica.handler,
    "RaiseCapacity": raise_capacity.handler,
    "TakeAuthority": take_authority.handler,
    "ThrowLatch": throw_latch.handler,
    "ChangeRecord": change_record.handler,
}


def asked(incident: Incident) -> dict[str, Any]:
    started = clock.now().isoformat()
    return {
        "incident": msgspec.to_builtins(incident),
        "database": "bookings",
        "service": "assistant",
        "started_at": started,
    }


@pytest.mark.parametrize("finished", [False, True], ids=["while the newer one works", "after it has finished"])
@pytest.mark.parametrize("run", MUTATING.values(), ids=MUTATING.keys())
def test_fault_27_the_old_one_changes_nothing_any_more(world: World, two: Two, run: Run, finished: bool) -> None:
    if finished:
        take_authority.handler(asked(two.new))
        ctx = world.ctx()
        assert ctx.store.control.release_lease("newer", two.new.epoch, ctx.now())
    for service in ("ecs", "rds", "cloudwatch"):
        world.prepare(service)
    before = len(world.calls.made)
    with pytest.raises((LeaseLost, EpochStale)):
        run(asked(two.old))
    assert {name.split(":")[1] for name in world.calls.made[before:]} <= READING
    assert world.ctx().store.control.record().epoch == (two.new.epoch if finished else 0)


def test_fault_27_aftercare_of_an_older_epoch_leaves_the_database_alone(world: World, two: Two) -> None:
    take_authority.handler(asked(two.new))
    with pytest.raises(EpochStale):
        apply_protection.handler(asked(two.old))
    assert not [name for name in world.calls.made if name.startswith("rds:")]


@pytest.mark.parametrize("late", [0, 1, 2])
def test_fault_27_an_older_or_equal_epoch_cannot_take_the_record_back(world: World, late: int) -> None:
    """Straight at the table, as if no guard had looked: the condition of the write holds it back."""
    system = world.ctx().store.control
    system.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=2))
    with pytest.raises(EpochStale):
        system.change_record(SystemRecord(active_region=IRELAND, standby_region=OREGON, epoch=late))
    assert system.record().active_region == OREGON
    assert keep_latch.handler({}) == {"record": "primary", "off": True}


def test_fault_27_the_twin_the_newer_one_goes_on(world: World, two: Two) -> None:
    assert take_authority.handler(asked(two.new))["epoch"] == two.new.epoch
    assert throw_latch.handler(asked(two.new)) == {"record": "primary"}
