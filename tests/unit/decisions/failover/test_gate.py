"""The gate: every blocker with the twin that passes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from lyo_dr.decisions.failover.gate import check_gate
from lyo_dr.model.facts import Instance, ReplicaReading
from lyo_dr.model.plan import Plan
from lyo_dr.model.verdict import Gate
from tests.plans import lyo_plan, plan_of_two
from tests.unit.builders import (
    IRELAND,
    PRIMARY,
    REPLICA,
    a_primary,
    an_incident,
    an_instance,
    given_replica,
    unread_replica,
)

ARCHIVE = an_instance(identifier=f"{REPLICA}-archive", source=f"{PRIMARY}-archive")
FRESH_ARCHIVE = given_replica(database="archive", silent_for=2)


def gate(
    plan: Plan | None = None,
    readings: list[ReplicaReading] | None = None,
    instances: Mapping[str, Instance | None] | None = None,
) -> Gate:
    return check_gate(
        plan or lyo_plan(),
        an_incident(),
        [given_replica(silent_for=2)] if readings is None else readings,
        {"bookings": an_instance()} if instances is None else dict(instances),
    )


def test_an_open_gate_states_the_loss_and_the_limit() -> None:
    verdict = gate()
    assert (verdict.status, verdict.blockers, verdict.loss_seconds) == ("open", [], 2.0)
    assert verdict.sentence == "At most 2 s of work would be lost, within the RPO of 15 min"


PAIRS = {
    "policy": (
        gate(lyo_plan(policy__failover="approve")),
        "the plan sets policy.failover: approve",
        gate(lyo_plan(policy__failover="automatic")),
    ),
    "no instance": (
        gate(instances={"bookings": None}),
        f"database bookings: RDS in us-west-2 has no instance {REPLICA}",
        gate(),
    ),
    "nothing was described": (
        gate(instances={}),
        f"database bookings: RDS in us-west-2 has no instance {REPLICA}",
        gate(),
    ),
    "a status that ends": (
        gate(instances={"bookings": an_instance("incompatible-network")}),
        f"database bookings: instance {REPLICA} is incompatible-network",
        gate(instances={"bookings": an_instance("backing-up")}),
    ),
    "another source": (
        gate(instances={"bookings": an_instance(source=f"arn:aws:rds:{IRELAND}:1:db:other")}),
        f"database bookings: {REPLICA} replicates arn:aws:rds:{IRELAND}:1:db:other, not {PRIMARY}",
        gate(instances={"bookings": an_instance(source=PRIMARY)}),
    ),
    "a source that was put aside as damaged": (
        gate(instances={"bookings": an_instance(source=f"arn:aws:rds:{IRELAND}:1:db:{PRIMARY}-damaged-0a1b2c3d")}),
        f"database bookings: {REPLICA} replicates arn:aws:rds:{IRELAND}:1:db:{PRIMARY}-damaged-0a1b2c3d, not {PRIMARY}",
        gate(instances={"bookings": an_instance(source=f"arn:aws:rds:{IRELAND}:1:db:{PRIMARY}-r-0a1b2c3d-1")}),
    ),
    "promoted before": (
        gate(instances={"bookings": a_primary()}),
        f"database bookings: {REPLICA} is not a replica; it was promoted earlier, outside this incident",
        gate(),
    ),
    "more loss than the RPO": (
        gate(readings=[given_replica(silent_for=900.1)]),
        "up to 15 min of work would be lost, more than the RPO of 15 min",
        gate(readings=[given_replica(silent_for=900)]),
    ),
    "an unknown loss": (
        gate(readings=[unread_replica()]),
        "the loss is unknown: the replica of bookings could not be read (DatabaseUnreachable)",
        gate(),
    ),
    "a replica nobody read": (
        gate(readings=[]),
        "the loss is unknown: its replica was not read",
        gate(),
    ),
}


@pytest.mark.parametrize(("closed", "blocker", "opened"), PAIRS.values(), ids=PAIRS.keys())
def test_each_blocker_closes_the_gate_alone_and_its_twin_passes(closed: Gate, blocker: str, opened: Gate) -> None:
    asks = blocker.startswith(("the plan sets", "up to", "the loss"))
    assert closed.status == ("ask" if asks else "closed")
    assert closed.blockers == [blocker]
    assert closed.sentence == f"{'Approval needed' if asks else 'Gate closed'}: {blocker}"
    assert (opened.status, opened.blockers) == ("open", [])


def test_an_unknown_loss_is_stated_as_unknown() -> None:
    assert gate(readings=[]).loss_seconds is None


def test_how_a_loss_is_written_makes_no_other_facts_than_the_loss() -> None:
    """Less than a tenth of a second is written in milliseconds; a consent is to tenths of a second."""
    strict = lyo_plan(objectives__rpo="PT0.01S")
    first, second = (gate(strict, [given_replica(silent_for=seconds)]) for seconds in (0.02, 0.04))
    assert first.blockers == second.blockers == ["up to 0 s of work would be lost, more than the RPO of 10 ms"]
    assert first.facts == second.facts


def test_all_blockers_are_named_at_once() -> None:
    verdict = gate(lyo_plan(policy__failover="approve"), [], {"bookings": a_primary("storage-full")})
    assert len(verdict.blockers) == 4
    assert all(blocker in verdict.sentence for blocker in verdict.blockers)


def test_a_second_critical_database_counts_as_much_as_the_first() -> None:
    plan = plan_of_two()
    databases = [{**_raw(database, critical=True)} for database in plan.databases]
    both = lyo_plan(databases=databases, services__0__database="bookings")
    instances = {"bookings": an_instance(), "archive": ARCHIVE}
    readings = [given_replica(silent_for=2), given_replica(database="archive", silent_for=1000)]
    verdict = gate(both, readings, instances)
    assert verdict.loss_seconds == 1000
    assert verdict.blockers == ["up to 16 min 40 s of work would be lost, more than the RPO of 15 min"]
    assert gate(both, [given_replica(silent_for=2), FRESH_ARCHIVE], instances).status == "open"


@pytest.mark.parametrize("archive", [None, a_primary(), an_instance("failed"), an_instance(source="other")])
def test_a_database_that_is_not_critical_never_blocks(archive: Instance | None) -> None:
    verdict = gate(plan_of_two(), None, {"bookings": an_instance(), "archive": archive})
    assert (verdict.status, verdict.loss_seconds) == ("open", 2.0)


def test_a_plan_without_a_critical_database_waits_for_none() -> None:
    verdict = gate(lyo_plan(databases__0__critical=False), [], {})
    assert (verdict.status, verdict.loss_seconds) == ("open", None)
    assert verdict.sentence == "No database of the plan is critical, so none blocks the failover"


def _raw(database: object, **changes: object) -> dict[str, object]:
    return {**msgspec.to_builtins(database), **changes}
