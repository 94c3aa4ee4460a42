"""Failovers that must stop: before the traffic moves, or after it, with people told and the lease kept on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drills.results.record import TimelineLine
from drills.world.world import World
from tests.plans import lyo_plan
from tests.state_machines.failover import (
    IRELAND,
    OREGON,
    SHORT,
    Followed,
    calls,
    follow,
    lease,
    start_by_hand,
    without_detection,
)

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def read_only() -> Iterator[tuple[World, Followed]]:
    """RDS says promoted, and the database stays a replica."""
    with World(lyo_plan(), adjust=SHORT, warm=False) as world:
        replica = world.plan.databases[0].instances[OREGON]
        world.host.set_faults(promotion_skipped=[replica])
        without_detection(world)
        world.lose_region(IRELAND)
        yield world, follow(world, start_by_hand(world, "read-only"))


def test_fault_19_a_promotion_without_a_write_ends_in_failure(read_only: tuple[World, Followed]) -> None:
    _, incident = read_only
    assert incident.status == "FAILED"
    assert incident.head["ending"] == "failed"
    failure = incident.said_by("RecordFailure")[0]
    assert failure.startswith("Stopped after a promotion, before traffic moved")
    assert "is still read-only although RDS reports it as promoted; traffic stays" in failure


def test_fault_19_no_traffic_goes_to_a_database_that_took_no_write(read_only: tuple[World, Followed]) -> None:
    world, incident = read_only
    assert "ThrowLatch" not in incident.steps
    assert not calls(world, app="ThrowLatch")
    assert world.leads_to(IRELAND)


def test_after_a_promotion_the_lease_is_kept_until_a_person_has_looked(read_only: tuple[World, Followed]) -> None:
    world, incident = read_only
    assert lease(world)["holder"] == incident.id
    assert "kept on purpose" in incident.said_by("SettleLease")[0]
    second = follow(world, start_by_hand(world, "second-try"))
    assert second.status == "SUCCEEDED"
    assert "another incident is in progress" in second.lines[0].sentence.lower()


def test_responders_are_told_of_the_failure(read_only: tuple[World, Followed]) -> None:
    _, incident = read_only
    assert "Notified responders: ACTION NEEDED: incident failed" in incident.said_by("AnnounceFailure")


@pytest.fixture(scope="module")
def degraded() -> Iterator[tuple[World, Followed]]:
    """The database stands still right after the latch was thrown: the front door never becomes ready."""
    with World(lyo_plan(), adjust=SHORT, warm=False) as world:
        replica = world.plan.databases[0].instances[OREGON]

        def at(line: TimelineLine) -> None:
            if line.step == "ThrowLatch":
                world.host.freeze_database(replica)
                world.aws.set_faults([{"kind": "blackhole", "region": IRELAND}])

        without_detection(world)
        # The front door is not asked before the database stands still, however slow the machine is.
        world.lose_region(IRELAND, [{"kind": "hold", "region": OREGON, "app": "CheckTraffic"}])
        yield world, follow(world, start_by_hand(world, "degraded"), at)


def test_fault_28_a_front_door_that_fails_after_the_switch_ends_degraded(degraded: tuple[World, Followed]) -> None:
    _, incident = degraded
    assert incident.status == "FAILED"
    assert incident.head["ending"] == "degraded"
    failure = incident.said_by("RecordFailure")[0]
    assert failure.startswith("Degraded, and traffic stays here: ValidationFailed: Checked through the public DNS name")


def test_fault_28_traffic_stays_and_is_not_sent_back(degraded: tuple[World, Followed]) -> None:
    world, incident = degraded
    assert world.leads_to(OREGON)
    assert lease(world)["holder"] == incident.id
    assert "Notified responders: ACTION NEEDED: incident degraded" in incident.said_by("AnnounceFailure")
