"""Drills that never ran, to be judged: a record in which everything went well, with changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drills.client.attempt import Attempt
from drills.results.measure import Measured, measure
from drills.results.path_steps import path_steps
from drills.results.record import Recorded, Seen, TimelineLine
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan

IRELAND, OREGON = "eu-west-1", "us-west-2"
FAULT = 1_000.0
PROMOTED, REPLICA = {"in_recovery": False}, {"in_recovery": True}


def line(step: str, sentence: str = "said", after: float = 1.0) -> TimelineLine:
    """A sentence so many seconds after the fault."""
    return TimelineLine(FAULT + after, step, sentence)


def call(app: str, op: str, after: float = 1.0, **changes: Any) -> dict[str, Any]:
    """A recorded call."""
    told = {"app": app, "op": op, "time": FAULT + after, "status": 200, "service": "x", "region": OREGON, "fault": ""}
    return {**told, "ms": 5.0, **changes}


def booking(number: int, after: float, ok: bool = True) -> Attempt:
    """An attempt that began so many seconds after the fault and took a tenth."""
    return Attempt(
        id=f"00000000-0000-0000-0000-{number:012d}",
        attempt=1,
        t_start=FAULT + after,
        t_end=FAULT + after + 0.1,
        ok=ok,
        status=201 if ok else 0,
        region=IRELAND if after < 0 else OREGON,
        error="" if ok else "TimeoutError",
    )


def state(plan: Plan, *, promoted: bool = True, running: int | None = None) -> dict[str, Any]:
    """What the data host shows of the recovery region."""
    return {
        "databases": [
            {"region": OREGON, "identifier": database.instances[OREGON], "in_recovery": not promoted}
            for database in plan.databases
        ],
        "services": [
            {
                "region": OREGON,
                "service": service.places[OREGON].service,
                "running": service.desired if running is None else running,
            }
            for service in plan.services
        ],
    }


def recovered(**changes: Any) -> Recorded:
    """Lost at 1000, served again ten seconds later, nothing lost."""
    plan: Plan = changes.pop("plan", lyo_plan())
    attempts = (booking(1, -2), booking(2, 1, ok=False), booking(3, 10))
    told: dict[str, Any] = {
        "drill": "region-loss",
        "plan": plan,
        "changes": (),
        "clock": 20.0,
        "lost_region": IRELAND,
        "recovery_region": OREGON,
        "fault_at": FAULT,
        "signal_at": FAULT + 2,
        "incident_id": "i",
        "ending": "recovered",
        "predicted_loss_seconds": 2.0,
        "timeline": (line("OpenIncident"), line("ThrowLatch", after=9)),
        "calls": (),
        "attempts": attempts,
        "rows": tuple((attempt.id, datetime.now(UTC)) for attempt in attempts if attempt.ok),
        "seen": Seen(database_writable=FAULT + 7, service_ready=FAULT + 8, name_moved=FAULT + 9.5),
        "state": state(plan),
    }
    return Recorded(**{**told, **changes})


def unmoved(**changes: Any) -> Recorded:
    """An incident after which users were not served and nothing had moved."""
    told: dict[str, Any] = {
        "ending": "failed",
        "attempts": (booking(1, -2), booking(2, 1, ok=False)),
        "seen": Seen(database_writable=None, service_ready=None, name_moved=None),
        "timeline": (
            line("AnnounceFailure", "Notified responders: ACTION NEEDED: incident failed"),
            line("SettleLease", "The lease is kept on purpose"),
        ),
    }
    return recovered(**{**told, **changes})


def measured(recorded: Recorded) -> Measured:
    """What is computed from it."""
    return measure(recorded, path_steps())
