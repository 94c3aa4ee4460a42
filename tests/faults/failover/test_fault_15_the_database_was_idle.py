"""Fault 15: nobody used the database before the outage; heartbeats keep its replica's age honest."""

from __future__ import annotations

from lyo_dr.decisions.common.loss import loss_window
from tests.unit.builders import NOON, at, given_replica


def test_fault_15_an_idle_database_loses_no_more_than_a_heartbeat() -> None:
    """The last booking was an hour ago, the last heartbeat four seconds before the outage."""
    reading = given_replica(heartbeat_at=at(-4), last_replay_at=at(-3600))
    assert loss_window(reading, NOON).seconds == 4.0


def test_fault_15_a_busy_database_counts_from_its_last_commit() -> None:
    assert loss_window(given_replica(heartbeat_at=at(-4), last_replay_at=at(-0.5)), NOON).seconds == 0.5


def test_fault_15_the_twin_without_heartbeats_an_idle_database_looks_old() -> None:
    assert loss_window(given_replica(heartbeat_at=None, last_replay_at=at(-3600)), NOON).seconds == 3600.0
