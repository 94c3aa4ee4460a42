"""What is remembered: conditional writes, one opening, one holder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.errors import EpochStale, NotFound
from lyo_dr.model.incident import Line, SystemRecord
from tests.unit.aws import World
from tests.unit.builders import IRELAND, NOON, OREGON, a_signal, an_incident, at, first_day

QUARTER = timedelta(minutes=15)
MOVED = SystemRecord(active_region=OREGON, standby_region=None, epoch=1)


def test_before_anything_is_written_the_plans_roles_hold_at_epoch_zero(world: World) -> None:
    assert world.ctx().store.control.record() == first_day()
    assert world.ctx().store.control.lease() is None
    assert world.ctx().store.control.paused() is None


def test_the_record_only_moves_to_a_newer_epoch(world: World) -> None:
    system = world.ctx().store.control
    assert system.change_record(MOVED) is True
    assert system.change_record(MOVED) is False, "the same again changes nothing"
    assert system.record() == MOVED
    with pytest.raises(EpochStale, match=r"the system record is at epoch 1 .us-west-2 active.; epoch 0 may not change"):
        system.change_record(first_day())
    with pytest.raises(EpochStale):
        system.change_record(SystemRecord(active_region=IRELAND, standby_region=None, epoch=1))
    assert system.change_record(SystemRecord(active_region=OREGON, standby_region=IRELAND, epoch=2))


def test_one_holder_at_a_time_and_every_takeover_has_a_newer_epoch(world: World) -> None:
    system = world.ctx().store.control
    first = system.take_lease("a", NOON, QUARTER)
    assert first is not None
    assert first.epoch == 1
    assert system.take_lease("b", at(1), QUARTER) is None
    again = system.take_lease("a", at(60), QUARTER)
    assert again is not None
    assert (again.epoch, again.expires_at, again.taken_at) == (1, at(960), NOON)
    assert not system.release_lease("b", 1, at(61))
    assert not system.release_lease("a", 9, at(61))
    assert system.release_lease("a", 1, at(61))
    second = system.take_lease("b", at(62), QUARTER)
    assert second is not None
    assert second.epoch == 2
    assert not system.renew_lease(first, at(63), QUARTER)
    assert not system.keep_lease(first, at(9999))
    assert not system.release_lease("a", 1, at(63))


def test_an_expired_lease_is_taken_over_and_the_old_holder_is_refused(world: World) -> None:
    system = world.ctx().store.control
    old = system.take_lease("a", NOON, QUARTER)
    assert old is not None
    new = system.take_lease("b", at(900), QUARTER)
    assert new is not None
    assert (new.holder, new.epoch) == ("b", 2)
    assert not system.renew_lease(old, at(901), QUARTER)


def test_two_steps_of_one_incident_may_renew_at_the_same_time(world: World) -> None:
    system = world.ctx().store.control
    seen = system.take_lease("a", NOON, QUARTER)
    assert seen is not None
    assert system.renew_lease(seen, at(61), QUARTER)
    assert system.renew_lease(seen, at(60), QUARTER), "the other step pushed it further out already"
    lease = system.lease()
    assert lease is not None
    assert lease.expires_at == at(961)


def test_of_two_that_take_at_the_same_moment_one_wins(world: World) -> None:
    system = world.ctx().store.control

    def be_faster(_number: int, name: str) -> None:
        if name == "dynamodb:PutItem":
            world.calls.before = lambda _number, _name: None
            assert system.take_lease("b", NOON, QUARTER) is not None

    world.calls.before = be_faster
    assert system.take_lease("a", NOON, QUARTER) is None
    lease = system.lease()
    assert lease is not None
    assert lease.holder == "b"


def test_opening_an_incident_twice_changes_nothing(world: World) -> None:
    incidents, incident = world.ctx().store.incidents, an_incident()
    incidents.open(incident, a_signal(), "digest")
    incidents.set(incident.id, gate="open")
    incidents.open(incident, a_signal(by="somebody"), "other")
    head = incidents.head(incident.id)
    assert head is not None
    assert (head["gate"], head["plan"], head["by"], head["state"]) == ("open", "digest", "", "open")


def test_an_incident_nobody_opened_has_no_head(world: World) -> None:
    assert world.ctx().store.incidents.head("nope") is None
    assert world.ctx().store.incidents.timeline("nope") == []


def test_a_note_is_written_once_and_stays(world: World) -> None:
    incidents = world.ctx().store.incidents
    assert incidents.record_once("i", "FENCE", "assistant", desired=2, minimum=None)
    assert not incidents.record_once("i", "FENCE", "assistant", desired=0, minimum=0)
    note = incidents.read_note("i", "FENCE", "assistant")
    assert note is not None
    assert (note["desired"], note["minimum"]) == (2, None)
    assert incidents.read_note("i", "FENCE", "worker") is None
    incidents.record_once("i", "FENCE", "worker", desired=1)
    incidents.record_once("i", "OTHER", "x")
    assert [note["sk"] for note in incidents.notes("i", "FENCE")] == ["NOTE#FENCE#assistant", "NOTE#FENCE#worker"]


def test_the_timeline_is_told_in_the_order_of_time(world: World) -> None:
    incidents = world.ctx().store.incidents
    lines = [Line(at=at(seconds), step="S", sentence=f"{seconds}") for seconds in (10, 2, 2.5, -3600)]
    for line in lines:
        incidents.add_line("i", line)
    assert incidents.timeline("i") == sorted(lines, key=lambda line: line.at)


def test_what_one_step_says_within_a_microsecond_is_all_kept_and_in_its_order(world: World) -> None:
    incidents = world.ctx().store.incidents
    for sentence in ("z", "a", "m"):
        incidents.add_line("i", Line(at=at(1), step="S", sentence=sentence))
    incidents.add_line("i", Line(at=at(1), step="Other", sentence="o"))
    assert [line.sentence for line in incidents.timeline("i") if line.step == "S"] == ["z", "a", "m"]
    assert len(incidents.timeline("i")) == 4


def test_must_not_fire_the_same_sentence_written_again_is_one_line(world: World) -> None:
    """A write whose answer was lost is made once more by the SDK."""
    incidents = world.ctx().store.incidents
    for _ in range(2):
        incidents.add_line("i", Line(at=at(1), step="S", sentence="said"))
    assert [line.at for line in incidents.timeline("i")] == [at(1)]


def test_a_long_timeline_is_read_to_its_end(world: World) -> None:
    incidents = world.ctx().store.incidents
    for number in range(12):
        incidents.add_line("i", Line(at=at(number), step="S", sentence=f"{number}" + "x" * 100_000))
    assert len(incidents.timeline("i")) == 12


def test_a_table_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound, match="reading a from table nope in us-west-2"):
        Table("nope", OREGON).get("a", "b")
