"""PutBack: what was good while the secrets led to a restored instance says nothing of the one they lead back to."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.adapters import clock
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.errors import LeaseLost
from lyo_dr.model.incident import Incident, Lease, SystemRecord
from lyo_dr.model.restore import IntegrityCheck, Reading
from lyo_dr.services.restore import rollback
from lyo_dr.steps.database_restore import put_back, stop_damage
from lyo_dr.steps.incident_response import put_back_restore
from tests.unit.aws import World
from tests.unit.builders import OREGON, REPLICA, a_signal, an_incident, at
from tests.unit.restores import given_rds

RESTORED = f"{REPLICA}-r-0a1b2c3d-1"


def a_run(seconds: float, faults: tuple[str, ...] = ()) -> IntegrityCheck:
    return IntegrityCheck(at=at(seconds), lsn="0/1", readings=[Reading(name="users", value=5)], faults=list(faults))


def runs(world: World) -> list[tuple[IntegrityCheck, bool]]:
    found = world.ctx().store.databases.runs("bookings", at(0))
    return [(run, not run.faults) for run in found]


@pytest.fixture
def pointed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A restore that had led the secrets to its instance a minute ago."""
    given_rds(world, monkeypatch, REPLICA).given(RESTORED)
    monkeypatch.setattr(rollback, "put_secrets_back", lambda *_: ["lyo-saas/production/app-secrets"])
    monkeypatch.setattr(clock, "now", lambda: at(0))
    ctx, incident = world.ctx(), world.given_incident()
    ctx.store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    ctx.store.incidents.record_once(incident.id, "DAMAGED", "bookings", instance=REPLICA)
    ctx.store.incidents.record_once(incident.id, "POINTED", "bookings", instance=RESTORED, at=at(-60).isoformat())
    ctx.store.databases.move("bookings", RESTORED)
    return world


def put_it_back(world: World) -> None:
    incident = world.given_incident()
    put_back.handler({"incident": msgspec.to_builtins(incident), "database": "bookings"})


def test_good_runs_of_the_instance_that_was_given_up_count_no_more(pointed: World) -> None:
    databases = pointed.ctx().store.databases
    for run in (a_run(-600), a_run(-300, ("users fell",)), a_run(-30)):
        databases.record_run("bookings", run)
    put_it_back(pointed)
    assert [good for _, good in runs(pointed)] == [True, False, False]
    assert databases.baseline("bookings") == a_run(-600)
    assert databases.instance("bookings", "planned") == REPLICA


def test_where_all_good_runs_were_its_own_there_is_no_baseline(pointed: World) -> None:
    pointed.ctx().store.databases.record_run("bookings", a_run(-30))
    put_it_back(pointed)
    assert pointed.ctx().store.databases.baseline("bookings") is None


def test_its_twin_runs_before_the_secrets_were_led_there_stay_good(pointed: World) -> None:
    databases = pointed.ctx().store.databases
    databases.record_run("bookings", a_run(-90))
    put_it_back(pointed)
    assert databases.baseline("bookings") == a_run(-90)
    assert [good for _, good in runs(pointed)] == [True]


def test_put_back_twice_is_put_back_once(pointed: World) -> None:
    databases = pointed.ctx().store.databases
    for run in (a_run(-600), a_run(-30)):
        databases.record_run("bookings", run)
    put_it_back(pointed)
    first = runs(pointed)
    put_it_back(pointed)
    assert runs(pointed) == first


def taken_over(world: World, incident: Incident) -> Lease:
    """A lost region takes the lease of the restore."""
    ctx = world.ctx()
    lease = ctx.store.control.take_lease("region-eu-west-1-x", ctx.now(), world.plan.budgets.lease, "region_loss")
    assert lease is not None
    return lease


def a_restore(world: World) -> Incident:
    """A restore in Oregon, the active region, under a lease of its kind, that has stopped its service."""
    ctx = world.ctx()
    ctx.store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    lease = ctx.store.control.take_lease("operator-bookings-x", ctx.now(), world.plan.budgets.lease, "restore")
    assert lease is not None
    incident = an_incident(id=lease.holder, epoch=lease.epoch, lost_region=OREGON, database="bookings")
    ctx.store.incidents.open(incident, a_signal(kind="database", database="bookings"), "x")
    ctx.store.incidents.record_once(incident.id, "STOPPED", "assistant", desired=2, minimum=2, maximum=4)
    Ecs(OREGON).scale(world.plan.service("assistant").places[OREGON], minimum=0, maximum=4, desired=0)
    return incident


def put_back_now(incident: Incident) -> dict[str, Any]:
    answer: dict[str, Any] = put_back.handler({"incident": msgspec.to_builtins(incident), "database": "bookings"})
    return answer


TIMED_OUT = {"Error": "States.TaskFailed", "Cause": '{"Name": "x", "Status": "TIMED_OUT"}'}


def put_back_by_the_caller(incident: Incident) -> dict[str, Any]:
    told = {"incident": msgspec.to_builtins(incident), "database": "bookings", "error": TIMED_OUT}
    answer: dict[str, Any] = put_back_restore.handler(told)
    return answer


def test_fault_60_the_caller_waits_for_who_took_the_lease_of_a_restore_that_hung(world: World) -> None:
    incident = a_restore(world)
    lease = taken_over(world, incident)
    assert [put_back_by_the_caller(incident)["status"] for _ in range(2)] == ["pending", "pending"]
    assert (world.service()[0], len(world.said(incident.id))) == (0, 1)
    world.ctx().store.control.release_lease(lease.holder, lease.epoch, world.ctx().now())
    assert put_back_by_the_caller(incident)["status"] == "ready"
    assert world.said(incident.id)[-1] == "The restore did not end by itself. Rolled back: assistant"
    assert world.service() == (2, 2, 4)


def test_fault_60_the_caller_takes_a_lease_again_that_expired_while_the_restore_hung(world: World) -> None:
    incident = a_restore(world)
    control, now = world.ctx().store.control, world.ctx().now()
    assert control.release_lease(incident.id, incident.epoch, now)
    assert put_back_by_the_caller(incident)["sentence"] == "Rolled back: assistant"
    again = control.lease()
    assert again is not None
    assert (again.holder, again.epoch) == (incident.id, incident.epoch + 1)


def test_a_restore_that_lost_its_lease_waits_for_who_took_it_and_says_so_once(world: World) -> None:
    incident = a_restore(world)
    taken_over(world, incident)
    assert [put_back_now(incident)["status"] for _ in range(2)] == ["pending", "pending"]
    assert world.said(incident.id) == [
        "Waiting for region-eu-west-1-x, which took precedence, before anything is rolled back"
    ]
    assert world.service()[0] == 0


def test_after_a_failover_that_stood_down_it_clears_up_under_a_new_epoch(world: World) -> None:
    incident = a_restore(world)
    lease = taken_over(world, incident)
    world.ctx().store.control.release_lease(lease.holder, lease.epoch, world.ctx().now())
    assert put_back_now(incident)["status"] == "ready"
    assert world.said(incident.id)[-1] == "Rolled back: assistant"
    assert world.service() == (2, 2, 4)
    again = world.ctx().store.control.lease()
    assert again is not None
    assert (again.holder, again.epoch, again.kind) == (incident.id, lease.epoch + 1, "restore")


def test_after_a_failover_that_recovered_it_undoes_nothing(world: World) -> None:
    incident = a_restore(world)
    lease = taken_over(world, incident)
    moved = SystemRecord(active_region="eu-west-1", standby_region=None, epoch=lease.epoch)
    world.ctx().store.control.change_record(moved)
    assert put_back_now(incident)["status"] == "ready"
    assert world.said(incident.id)[-1].startswith("Nothing is rolled back: eu-west-1 is active at epoch ")
    assert world.service()[0] == 0
    held = world.ctx().store.control.lease()
    assert held is not None
    assert held.holder == lease.holder


def test_the_step_before_was_stopped_at_its_guard_with_who_and_why(world: World) -> None:
    incident = a_restore(world)
    taken_over(world, incident)
    world.ctx().store.incidents.set(incident.id, gate="open")
    event = {"incident": incident, "database": "bookings", "started_at": "2026-03-29T12:00:00Z"}
    with pytest.raises(LeaseLost, match=r"region-eu-west-1-x .*: the loss of a region takes precedence over a restore"):
        stop_damage.handler(msgspec.to_builtins(event))
