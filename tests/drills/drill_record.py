"""The words in which the tests of the drill's arithmetic are written: a drill that went well, with changes."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from drills.client.attempt import Attempt
from drills.results.measure import Measured, measure
from drills.results.record import Recorded, Seen, TimelineLine
from drills.world.addresses import Addresses
from drills.world.rehearsal_plan import RehearsalPlan, for_rehearsal
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan

LOST, REFUGE = "eu-west-1", "us-west-2"
FAULT = 1_800_000_000.0
"""The moment of the disaster; every other time of a test is counted from it."""

TIMELINE = {
    "OpenIncident": 3.0,
    "Triage": 6.0,
    "CheckGate": 6.5,
    "ConfirmRegionLost": 9.5,
    "FenceServices": 11.5,
    "AcceptProof": 13.5,
    "CheckCapacity": 14.0,
    "CheckEndpoints": 15.0,
    "ThrowLatch": 15.5,
}
"""The milestones of a failover and when they were reached, in seconds after the fault."""

STEPS = set(TIMELINE)


def rehearsed(**changes: Any) -> RehearsalPlan:
    """The committed plan, with changes, as the first slot rehearses it."""
    return for_rehearsal(lyo_plan(**changes), Addresses(0))


def line(step: str, seconds: float, sentence: str = "") -> TimelineLine:
    """A sentence of a step, so many seconds after the fault."""
    standby = "Asked directly at the standby: all is well." if step == "CheckEndpoints" else "Done."
    return TimelineLine(FAULT + seconds, step, sentence or standby)


def timeline(**seconds: float | None) -> tuple[TimelineLine, ...]:
    """The usual milestones; a step given as None did not speak."""
    return tuple(line(step, at) for step, at in {**TIMELINE, **seconds}.items() if at is not None)


def attempt(seconds: float, identifier: str, *, ok: bool = True, lasting: float = 0.1) -> Attempt:
    """One attempt at a booking, started so many seconds after the fault."""
    started = FAULT + seconds
    return Attempt(started, started + lasting, identifier, 1, 201 if ok else 0, ok, error="" if ok else "TimeoutError")


ATTEMPTS = (
    attempt(-2.0, "early"),
    attempt(-0.5, "late"),
    attempt(0.5, "failed", ok=False, lasting=3.0),
    attempt(18.0, "again"),
)


def rows(*identifiers: str) -> tuple[tuple[str, datetime], ...]:
    """Bookings in the promoted database."""
    return tuple((each, datetime.fromtimestamp(FAULT, UTC)) for each in identifiers)


def call(app: str, op: str, seconds: float, **fields: Any) -> dict[str, Any]:
    """A call as the gateway writes it down; to RDS in the recovery region unless said otherwise."""
    usual = {"service": "rds", "region": REFUGE, "status": 200, "ms": 10.0, "fault": None}
    return {"app": app, "op": op, "time": FAULT + seconds, **usual, **fields}


CALLS = (
    call("FenceServices", "DescribeServices", 9.5, service="ecs", region=LOST, status=0, ms=2000.0),
    call("PromoteReplica", "PromoteReadReplica", 11.6),
    call("RaiseCapacity", "UpdateService", 11.7, service="ecs"),
    call("ThrowLatch", "PutMetricData", 15.4, service="monitoring"),
)


def recorded(plan: Plan | None = None, **changes: Any) -> Recorded:
    """A drill that went well, except for ``changes``."""
    rehearsal = rehearsed()
    usual = Recorded(
        drill="region-loss",
        plan=plan or rehearsal.plan,
        changes=rehearsal.changes,
        clock=20.0,
        lost_region=LOST,
        recovery_region=REFUGE,
        fault_at=FAULT,
        signal_at=FAULT + 2.0,
        incident_id="incident-1",
        ending="recovered",
        predicted_loss_seconds=1.0,
        timeline=timeline(),
        calls=CALLS,
        attempts=ATTEMPTS,
        rows=rows("early", "again"),
        seen=Seen(FAULT + 13.0, FAULT + 13.6, FAULT + 17.0),
        after={"protect_database": "SUCCEEDED"},
    )
    return dataclasses.replace(usual, **changes)


def measured(**changes: Any) -> Measured:
    """What that drill measured."""
    return measure(recorded(**changes), STEPS)
