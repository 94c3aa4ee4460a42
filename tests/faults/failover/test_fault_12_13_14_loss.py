"""Faults 12, 13, 14: too much would be lost, nobody knows how much, and an outage that only looks like a loss."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.decisions.failover.gate import check_gate
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.model.verdict import Gate
from tests.plans import lyo_plan
from tests.unit.builders import an_incident, an_instance, at, given_replica, unread_replica


def gate(*readings: ReplicaReading) -> Gate:
    """Judged by the committed plan: RPO 15 minutes. Ireland was lost at noon."""
    return check_gate(lyo_plan(), an_incident(), list(readings), {"bookings": an_instance()})


def test_fault_12_more_than_the_rpo_is_asked_with_the_measured_number() -> None:
    verdict = gate(given_replica(silent_for=1380, read_at=at(60)))
    assert (verdict.status, verdict.loss_seconds, verdict.over_rpo) == ("ask", 1380.0, True)
    assert verdict.blockers == ["up to 23 min of work would be lost, more than the RPO of 15 min"]


def test_fault_12_the_twin_within_the_rpo_goes_on_by_itself() -> None:
    verdict = gate(given_replica(silent_for=899, read_at=at(60)))
    assert (verdict.status, verdict.over_rpo) == ("open", False)


NOBODY_KNOWS = {
    "the replica cannot be read": [unread_replica()],
    "it has replayed nothing": [given_replica(heartbeat_at=None, last_replay_at=None)],
    "not queried": [],
}


@pytest.mark.parametrize("readings", NOBODY_KNOWS.values(), ids=NOBODY_KNOWS.keys())
def test_fault_13_an_unknown_loss_is_asked_and_never_taken_for_none(readings: list[ReplicaReading]) -> None:
    verdict = gate(*readings)
    assert (verdict.status, verdict.loss_seconds, verdict.over_rpo) == ("ask", None, True)
    assert verdict.blockers[0].startswith("the loss is unknown: ")


def test_fault_13_the_twin_a_loss_of_nothing_at_all_is_a_number() -> None:
    verdict = gate(given_replica(silent_for=0, read_at=at(60)))
    assert (verdict.status, verdict.loss_seconds) == ("open", 0.0)


@pytest.mark.parametrize("dead_for", [timedelta(minutes=16), timedelta(hours=7)])
def test_fault_14_a_long_outage_in_which_little_was_lost_passes(dead_for: timedelta) -> None:
    """A gate on the raw lag would block: it grows for as long as the primary is dead."""
    reading = given_replica(silent_for=2, read_at=at(dead_for.total_seconds()))
    verdict = gate(reading)
    assert (verdict.status, verdict.loss_seconds) == ("open", 2.0)


def test_fault_14_the_twin_a_replica_that_fell_behind_before_the_outage_does_not() -> None:
    assert gate(given_replica(silent_for=960, read_at=at(5))).status == "ask"
