"""The result of a drill: ``drill.json`` with everything measured."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drills.client.attempt_log import per_second
from drills.durations.model import FIGURES, stretched
from drills.durations.outage import model
from drills.report import latency
from drills.results import breach_figures, restored
from drills.results.format import FORMAT
from drills.results.measure import Measured
from drills.results.parts import Part
from drills.results.record import FIRED, Recorded
from drills.world.rehearsal_plan import LINK_SECONDS
from lyo_dr.model.plan import Plan

NOT_SHOWN = (
    "VPC routing and security groups: functions run as processes on loopback",
    "how long AWS takes: a promotion takes minutes there; nothing of it is added to what was measured here",
    "quotas, capacity shortages and cold starts: functions were warmed before the clock started",
    "the arm64 dependency layer: the same locked versions come from the local environment",
    "TLS: endpoints are plain HTTP on loopback",
)
"""What a laptop cannot show; part of every result."""


def as_json(recorded: Recorded, measured: Measured, plan: Plan, misses: list[str]) -> dict[str, Any]:
    """Everything measured, with the settings it was measured under. Seconds, unless a name says otherwise.

    ``plan`` is the customer's. ``modelled`` holds what a model says of AWS; no figure beside it contains any of it.
    """
    return {
        "format": FORMAT,
        "drill": recorded.drill,
        "kind": measured.kind,
        "passed": not misses,
        "missed": misses,
        "fault_at": _moment(recorded.fault_at),
        "fired": bool({line.step for line in recorded.timeline} & FIRED),
        "regions": {"lost": recorded.lost_region, "recovered_in": recorded.recovery_region},
        "target": {
            "rto": plan.objectives.rto.total_seconds(),
            "rpo": plan.objectives.rpo.total_seconds(),
            "rto_in_scale": measured.scaled_rto_seconds,
        },
        "outage": {
            "seconds": measured.outage_seconds,
            "began": None if measured.outage is None else measured.outage.began,
            "ended": None if measured.outage is None else measured.outage.ended,
            "failing": [dataclasses.asdict(stretch) for stretch in measured.failing],
            "parts": [dataclasses.asdict(part) for part in measured.parts],
            "critical_path": [dataclasses.asdict(part) for part in measured.critical_path],
            "critical_path_seconds": _sum(measured.critical_path) if measured.critical_path else None,
            "ratio": measured.ratio,
        },
        "modelled": modelled(recorded, measured, plan),
        "bookings": dataclasses.asdict(measured.loss),
        "calls": dataclasses.asdict(measured.calls),
        "client": {
            "attempts": len(recorded.attempts),
            "latency_before_p50_ms": measured.latency_p50_ms,
            "latency_before_p99_ms": measured.latency_p99_ms,
            "latency_per_second": [dataclasses.asdict(second) for second in latency.per_second(recorded.attempts)],
            "per_second": [dataclasses.asdict(second) for second in per_second(recorded.attempts)],
        },
        "incident": {
            "id": recorded.incident_id,
            "ending": recorded.ending,
            "after": recorded.after,
            "timeline": [{**dataclasses.asdict(line), "at": _moment(line.at)} for line in recorded.timeline],
        },
        "decision": recorded.observations,
        "ledger": restored.ledger(recorded),
        "breach": breach_figures.figures(recorded),
        "restore": restored.figures(recorded),
        "rotation": dataclasses.asdict(recorded.found["rotation"]) if "rotation" in recorded.found else None,
        "seen_from_outside": _seen(recorded) if measured.kind == "failover" else None,
        "rehearsal": {
            "plan": recorded.plan.digest(),
            "aws_clock_factor": recorded.clock,
            "plan_changes": [dataclasses.asdict(change) for change in recorded.changes],
            "replication_link_one_way_seconds": LINK_SECONDS,
            "functions_warmed_before_the_clock": True,
            "aws_timing": recorded.aws_timing,
            "stage_seconds": recorded.stage_seconds,
            "not_shown": list(NOT_SHOWN),
        },
    }


def _seen(recorded: Recorded) -> dict[str, float | None]:
    """Seconds after the fault; the observer looks at what a failover brings up."""
    return {
        name: None if at is None else round(at - recorded.fault_at, 3)
        for name, at in dataclasses.asdict(recorded.seen).items()
    }


def modelled(recorded: Recorded, measured: Measured, plan: Plan) -> dict[str, Any] | None:
    """What the model says of the same parts on AWS, in seconds, with the sources of its figures; None without parts."""
    names = [part.name for part in measured.parts]
    if not names:
        return None
    recovered = recorded.ending == "recovered" and bool(measured.outage_seconds)
    return {
        "what": "a model from published figures, not a measurement and no forecast",
        **dataclasses.asdict(model(plan, names, recovered=recovered)),
        "figures": [{**dataclasses.asdict(figure), "published": figure.published} for figure in FIGURES.values()],
        "stretched_seconds": stretched(recorded.clock) if recorded.aws_timing else {},
    }


def write(path: Path, result: dict[str, Any]) -> None:
    """Write the result, readable by people, too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sum(parts: tuple[Part, ...]) -> float:
    return sum(part.seconds for part in parts)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
