"""Phases that last as long as the model says: the status shows, and the work comes last."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from local_aws.rds.statuses import Phases


@dataclass
class Instance:
    """What passes through phases."""

    status: str = "available"
    db_instance_identifier: str = "bookings"
    is_replica: bool = True


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it was waited, without waiting."""
    found: list[float] = []
    monkeypatch.setattr("local_aws.rds.statuses.time.sleep", found.append)
    return found


@pytest.mark.parametrize(
    ("status", "replica", "seconds"),
    [
        ("modifying", True, 30.0),
        ("modifying", False, 45.0),
        ("backing-up", False, 15.0),
        ("creating", False, 0.0),
    ],
)
def test_a_phase_lasts_as_long_as_what_it_stands_for(
    slept: list[float], status: str, replica: bool, seconds: float
) -> None:
    stretched = Phases(stretched={"promotion": 30.0, "modification": 45.0, "backup": 15.0})
    instance = Instance(is_replica=replica)
    with stretched.phase(instance, status):
        assert slept == [seconds]  # waited before the work: nobody can write to a replica that is being promoted
        assert instance.status == status


def test_without_the_model_a_phase_lasts_only_long_enough_to_be_seen(slept: list[float]) -> None:
    with Phases(0.25).phase(Instance(), "modifying"):
        assert slept == [0.0]
    assert slept[-1] <= 0.25
