"""The guard: each check refuses by its own class, and a pass renews the lease."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.context import StepContext
from lyo_dr.errors import AutomationPaused, EpochStale, GateNotPassed, LeaseLost
from lyo_dr.guards import containment, irreversible, polling, post_close, reversible, rotation_guard
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.model.rotation import Rotation
from tests.unit.aws import World
from tests.unit.builders import OREGON, an_incident


class Request(msgspec.Struct, frozen=True):
    """What every guarded step is given at least."""

    incident: Incident


@irreversible
def act(request: Request, ctx: StepContext) -> str:
    return "acted"


@post_close
def care(request: Request, ctx: StepContext) -> str:
    return "cared"


@polling
def look(request: Request, ctx: StepContext) -> str:
    return "looked"


def a_newer_epoch(world: World) -> None:
    world.ctx().store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=9))


def another_holder(world: World, incident: Incident) -> None:
    system, ctx = world.ctx().store.control, world.ctx()
    assert system.release_lease(incident.id, incident.epoch, ctx.now() - timedelta(seconds=1))
    assert system.take_lease("another", ctx.now(), timedelta(minutes=15)) is not None


def test_what_passes_acts_and_pushes_the_lease_out(world: World) -> None:
    incident = world.given_incident()
    before = world.ctx().store.control.lease()
    assert act(Request(incident), world.ctx()) == "acted"
    after = world.ctx().store.control.lease()
    assert before is not None
    assert after is not None
    assert after.expires_at > before.expires_at
    assert (after.holder, after.epoch) == (before.holder, before.epoch)


def test_a_paused_automation_does_nothing_and_says_who_paused_it(world: World) -> None:
    incident = world.given_incident()
    world.pause()
    for run in (act, care):
        with pytest.raises(AutomationPaused, match="Test did nothing: the automation is paused by ada: maintenance"):
            run(Request(incident), world.ctx())


def test_without_a_lease_nothing_is_done(world: World) -> None:
    for run in (act, look):
        with pytest.raises(LeaseLost, match="the lease no longer exists"):
            run(Request(an_incident()), world.ctx())


def test_a_lost_lease_says_what_to_do_instead(world: World) -> None:
    incident = world.given_incident()
    another_holder(world, incident)
    resume = f"when another has ended: take it up again with `lyo-dr resume {incident.id}`$"
    with pytest.raises(LeaseLost, match=resume):
        act(Request(incident), world.ctx())


def test_under_somebody_elses_lease_nothing_is_done(world: World) -> None:
    incident = world.given_incident()
    another_holder(world, incident)
    for run in (act, look):
        with pytest.raises(LeaseLost, match="the lease is held by another"):
            run(Request(incident), world.ctx())


def test_a_lease_that_was_given_back_is_not_brought_back_to_life(world: World) -> None:
    incident = world.given_incident()
    system, now = world.ctx().store.control, world.ctx().now()
    seen = system.lease()
    assert seen is not None
    assert system.release_lease(incident.id, incident.epoch, now)
    assert not system.renew_lease(seen, world.ctx().now(), timedelta(minutes=15))
    with pytest.raises(LeaseLost, match="our lease was released at"):
        act(Request(incident), world.ctx())


def test_a_lease_kept_on_purpose_is_not_shortened_by_a_step_that_was_still_running(world: World) -> None:
    incident = world.given_incident()
    system, now = world.ctx().store.control, world.ctx().now()
    seen = system.lease()
    assert seen is not None
    assert system.keep_lease(seen, now + timedelta(days=365))
    assert act(Request(incident), world.ctx()) == "acted"
    kept = system.lease()
    assert kept is not None
    assert kept.expires_at == now + timedelta(days=365)


def test_with_an_older_epoch_nothing_is_done(world: World) -> None:
    incident = world.given_incident()
    a_newer_epoch(world)
    for run in (act, care):
        with pytest.raises(EpochStale, match="epoch 9 is on record, this step was given 1"):
            run(Request(incident), world.ctx())


@pytest.mark.parametrize("gate", [None, "closed"])
def test_without_an_open_gate_on_record_nothing_is_done(world: World, gate: str | None) -> None:
    incident = world.given_incident(gate=gate)
    with pytest.raises(GateNotPassed, match=f"the gate of {incident.id} is not recorded as open"):
        act(Request(incident), world.ctx())


def test_aftercare_needs_no_lease_and_no_gate(world: World) -> None:
    assert care(Request(an_incident()), world.ctx()) == "cared"


def test_looking_while_work_is_under_way_keeps_the_lease_however_long_it_takes(world: World) -> None:
    incident = world.given_incident(gate=None)
    before = world.ctx().store.control.lease()
    assert look(Request(incident), world.ctx()) == "looked"
    after = world.ctx().store.control.lease()
    assert before is not None
    assert after is not None
    assert after.expires_at > before.expires_at


def test_a_lease_taken_between_the_look_and_the_renewal_is_lost(world: World) -> None:
    incident = world.given_incident()

    def take_over(_number: int, name: str) -> None:
        if name == "dynamodb:PutItem":
            world.calls.before = lambda _number, _name: None
            another_holder(world, incident)

    world.calls.before = take_over
    with pytest.raises(LeaseLost, match="the lease was just taken by another holder"):
        act(Request(incident), world.ctx())


class RotationRequest(msgspec.Struct, frozen=True):
    """What every step of a rotation is given at least."""

    rotation: Rotation


HELD: dict[str, tuple[type[Exception], str]] = {
    "lease": (LeaseLost, "the lease is held by another"),
    "pause": (AutomationPaused, "paused by ada"),
    "gate": (GateNotPassed, "is not recorded as open"),
    "epoch": (EpochStale, "epoch 9 is on record"),
}
GUARDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "irreversible": (irreversible, ("lease", "pause", "gate", "epoch")),
    "reversible": (reversible, ("lease", "pause", "gate", "epoch")),
    "post_close": (post_close, ("pause", "epoch")),
    "containment": (containment, ("lease", "pause")),
    "polling": (polling, ("lease",)),
    "rotation_guard": (rotation_guard, ("lease", "pause", "epoch")),
}
"""What each guard asks for, in its order."""


def a_request(guard: str, world: World) -> Any:
    """What passes the guard; broken afterwards in one thing."""
    incident = world.given_incident()
    if guard != "rotation_guard":
        return Request(incident)
    rotation = Rotation(
        id=incident.id, epoch=incident.epoch, region=OREGON, standby="", secrets=[], opened_at=incident.opened_at
    )
    return RotationRequest(rotation)


def break_in(what: str, world: World) -> None:
    """One of the world's things is no longer as the guard wants it."""
    incident = an_incident()
    if what == "lease":
        another_holder(world, incident)
    elif what == "pause":
        world.pause()
    elif what == "gate":
        world.ctx().store.incidents.set(incident.id, gate="closed")
    else:
        a_newer_epoch(world)


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_lets_pass_what_meets_all_it_asks_for(world: World, name: str) -> None:
    guard, _ = GUARDS[name]
    assert guard(lambda _request, _ctx: "ran")(a_request(name, world), world.ctx()) == "ran"


@pytest.mark.parametrize(("name", "broken"), [(name, what) for name, (_, asked) in GUARDS.items() for what in asked])
def test_a_guard_refuses_what_misses_one_thing(world: World, name: str, broken: str) -> None:
    guard, _ = GUARDS[name]
    request, (error, sentence) = a_request(name, world), HELD[broken]
    break_in(broken, world)
    with pytest.raises(error, match=sentence):
        guard(lambda _request, _ctx: pytest.fail("it ran"))(request, world.ctx())


@pytest.mark.parametrize("name", GUARDS)
def test_the_guard_names_the_first_thing_it_asks_for(world: World, name: str) -> None:
    """The lease comes first: what waits for a pause to end renews it at each look."""
    guard, asked = GUARDS[name]
    request = a_request(name, world)
    for what in asked:
        break_in(what, world)
    error, sentence = HELD[asked[0]]
    with pytest.raises(error, match=sentence):
        guard(lambda _request, _ctx: pytest.fail("it ran"))(request, world.ctx())


@pytest.mark.parametrize("broken", ["gate", "lease", "epoch"])
def test_must_not_fire_a_guard_refuses_nothing_it_does_not_ask_for(world: World, broken: str) -> None:
    incident = world.given_incident()
    break_in(broken, world)
    free = [guard for name, (guard, asked) in GUARDS.items() if broken not in asked and name != "rotation_guard"]
    ran = [guard(lambda _request, _ctx: True)(Request(incident), world.ctx()) for guard in free]
    assert all(ran)
    assert len(ran) == {"gate": 3, "lease": 1, "epoch": 2}[broken]


def test_a_gate_that_still_asks_is_enough_for_what_can_be_rolled_back(world: World) -> None:
    request = Request(world.given_incident(gate="ask"))
    assert reversible(lambda _request, _ctx: "ran")(request, world.ctx()) == "ran"
    with pytest.raises(GateNotPassed):
        irreversible(lambda _request, _ctx: "ran")(request, world.ctx())
