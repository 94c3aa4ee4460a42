"""The predicted loss of each database against its own objective, or that of the plan."""

from __future__ import annotations

import pytest

from lyo_dr.decisions.failover.gate import check_gate
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.verdict import Gate
from tests.plans import raw_plan_of_two
from tests.unit.builders import PRIMARY, REPLICA, an_incident, an_instance, given_replica, unread_replica

MINUTE, HOUR = 60.0, 3600.0
BOTH = {
    "bookings": an_instance(),
    "archive": an_instance(identifier=f"{REPLICA}-archive", source=f"{PRIMARY}-archive"),
}


def two(*, archive: str | None = "PT24H", bookings: str | None = None, critical: bool = True) -> Plan:
    """``bookings`` and ``archive``, each with such an objective; that of the plan is a quarter of an hour."""
    raw = raw_plan_of_two()
    raw["databases"][0]["rpo"], raw["databases"][1]["rpo"] = bookings, archive
    raw["databases"][1]["critical"] = critical
    return read_plan(raw)


def gate(plan: Plan, bookings: float, archive: float | None) -> Gate:
    """So many seconds of each may be lost; None is unknown."""
    late = unread_replica("archive") if archive is None else given_replica(database="archive", silent_for=archive)
    readings: list[ReplicaReading] = [given_replica(silent_for=bookings), late]
    return check_gate(plan, an_incident(), readings, dict(BOTH))


SITUATIONS: dict[str, tuple[Gate, list[str], float | None]] = {
    "each is within its own": (gate(two(), 2, 20 * HOUR), [], 20 * HOUR),
    "its own is shorter than the plan's": (
        gate(two(archive="PT1M"), 2, 2 * MINUTE),
        ["database archive: up to 2 min of work would be lost, more than its RPO of 1 min"],
        2 * MINUTE,
    ),
    "the plan's does not count for one with its own": (gate(two(), 2, 16 * MINUTE), [], 16 * MINUTE),
    "its own does not count for another": (
        gate(two(), 16 * MINUTE, 20 * HOUR),
        ["up to 16 min of work would be lost, more than the RPO of 15 min"],
        16 * MINUTE,
    ),
    "both are beyond": (
        gate(two(archive="PT1M"), 16 * MINUTE, 2 * MINUTE),
        [
            "up to 16 min of work would be lost, more than the RPO of 15 min",
            "database archive: up to 2 min of work would be lost, more than its RPO of 1 min",
        ],
        16 * MINUTE,
    ),
    "an unknown loss is too much for any objective": (
        gate(two(), 2, None),
        ["the loss is unknown: the replica of archive could not be read (DatabaseUnreachable)"],
        None,
    ),
    "must not fire: what is not critical is not judged": (gate(two(archive="PT1M", critical=False), 2, HOUR), [], 2),
}


@pytest.mark.parametrize(("verdict", "blockers", "stated"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_each_database_is_held_against_its_own_objective(
    verdict: Gate, blockers: list[str], stated: float | None
) -> None:
    assert verdict.blockers == blockers
    assert (verdict.status, verdict.over_rpo) == (("ask", True) if blockers else ("open", False))
    assert verdict.loss_seconds == stated


def test_an_open_gate_states_each_objective() -> None:
    assert gate(two(), 2, 20 * HOUR).sentence == (
        "At most 2 s of work would be lost, within the RPO of 15 min; "
        "at most 20 h of archive would be lost, within its RPO of 24 h"
    )
    assert gate(two(bookings="PT5M"), 2, HOUR).sentence == (
        "At most 2 s of bookings would be lost, within its RPO of 5 min; "
        "at most 1 h of archive would be lost, within its RPO of 24 h"
    )
