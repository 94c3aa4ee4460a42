"""The loss window: an upper bound, or unknown; never a number that nobody measured."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.common.loss import loss_window, worst
from lyo_dr.model.facts import LossWindow
from tests.unit.builders import NOON, at, given_replica, unread_replica

WINDOWS: dict[str, tuple[dict[str, Any], float]] = {
    "a busy primary died: the last commit counts": ({"last_replay_at": at(-0.4), "heartbeat_at": at(-3)}, 0.4),
    "an idle primary: the heartbeat keeps the window honest": (
        {"last_replay_at": at(-3600), "heartbeat_at": at(-4)},
        4.0,
    ),
    "no heartbeat yet: the last commit alone": ({"last_replay_at": at(-9), "heartbeat_at": None}, 9.0),
    "a heartbeat alone": ({"last_replay_at": None, "heartbeat_at": at(-2)}, 2.0),
    "dead for hours, all of it replayed: no loss grows meanwhile": (
        {"read_at": at(7200), "last_replay_at": at(-1), "heartbeat_at": at(-5)},
        1.0,
    ),
    "it fell behind long before": ({"last_replay_at": at(-7200), "heartbeat_at": at(-7200)}, 7200.0),
    "a commit after the supposed start is no negative loss": ({"last_replay_at": at(30)}, 0.0),
}


@pytest.mark.parametrize(("facts", "seconds"), WINDOWS.values(), ids=WINDOWS.keys())
def test_the_loss_is_what_was_not_replayed_before_the_outage(facts: dict[str, Any], seconds: float) -> None:
    window = loss_window(given_replica(**facts), NOON)
    assert window.seconds == pytest.approx(seconds)
    assert "outage no later than 12:00:00" in window.basis


def test_a_replica_that_cannot_be_read_has_an_unknown_loss_and_never_zero() -> None:
    window = loss_window(unread_replica(), NOON)
    assert window.seconds is None
    assert window.basis == "the replica of bookings could not be read (DatabaseUnreachable)"


def test_a_replica_that_replayed_nothing_has_an_unknown_loss_and_never_zero() -> None:
    window = loss_window(given_replica(heartbeat_at=None, last_replay_at=None), NOON)
    assert window.seconds is None
    assert window.basis == "the replica of bookings has not replayed any commit yet"


def test_of_several_databases_the_largest_loss_counts() -> None:
    windows = [
        LossWindow(seconds=0.0, basis="a"),
        LossWindow(seconds=9.0, basis="b"),
        LossWindow(seconds=3.0, basis="c"),
    ]
    assert worst(windows).basis == "b"


def test_one_unknown_makes_the_whole_unknown() -> None:
    windows = [LossWindow(seconds=9.0, basis="known"), LossWindow(seconds=None, basis="not known")]
    assert worst(windows) == LossWindow(seconds=None, basis="not known")


def test_without_a_database_the_loss_is_unknown() -> None:
    assert worst([]).seconds is None
