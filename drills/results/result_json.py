"""The result of a drill: ``drill.json`` with everything measured, and its summary for a terminal."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from drills.client.attempt_log import per_second
from drills.durations.model import FIGURES, stretched
from drills.durations.outage import model
from drills.report import latency
from drills.report.modelled import read as model_of
from drills.report.reading import Reader
from drills.results import restored
from drills.results.measure import Measured, Part
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
"""What a laptop cannot show; printed with every result."""


def as_json(recorded: Recorded, measured: Measured, plan: Plan, misses: list[str]) -> dict[str, Any]:
    """Everything measured, with the settings it was measured under. Seconds, unless a name says otherwise.

    ``plan`` is the customer's. ``modelled`` holds what a model says of AWS; no figure beside it contains any of it.
    """
    return {
        "drill": recorded.drill,
        "passed": not misses,
        "missed": misses,
        "fault_at": _moment(recorded.fault_at),
        "fired": bool({line.step for line in recorded.timeline} & FIRED),
        "regions": {"lost": recorded.lost_region, "recovered_in": recorded.recovery_region},
        "target": {"rto": plan.objectives.rto.total_seconds(), "rpo": plan.objectives.rpo.total_seconds()},
        "outage": {
            "seconds": measured.outage_seconds,
            "parts": [dataclasses.asdict(part) for part in measured.parts],
            "critical_path": [dataclasses.asdict(part) for part in measured.critical_path],
            "critical_path_seconds": _sum(measured.critical_path),
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
        "ledger": recorded.notes.get("ledger"),
        "breach": recorded.notes.get("figures"),
        "restore": restored.figures(recorded),
        "rotation": dataclasses.asdict(recorded.found["rotation"]) if "rotation" in recorded.found else None,
        "seen_from_outside": {
            name: None if at is None else round(at - recorded.fault_at, 3)
            for name, at in dataclasses.asdict(recorded.seen).items()
        },
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


def modelled(recorded: Recorded, measured: Measured, plan: Plan) -> dict[str, Any]:
    """What the model says of the same parts on AWS, in seconds, with the sources of its figures."""
    names = [part.name for part in measured.parts]
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


def summarise(console: Console, result: dict[str, Any], path: Path) -> None:
    """Print what matters first: did it recover, how long was it away, what was lost."""
    outage, bookings = result["outage"], result["bookings"]
    table = Table(title=f"Drill {result['drill']}", title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    table.add_row("Outage, seen by clients", f"{_s(outage['seconds'])} (RTO {_s(result['target']['rto'])})")
    for part in outage["parts"]:
        table.add_row(f"  {part['name']}", _s(part["seconds"]))
    if outage["ratio"] is not None:
        chain = f"{_s(outage['critical_path_seconds'])}; outage ÷ critical path {_n(outage['ratio'])}"
        table.add_row("Critical path", chain)
    table.add_row("Bookings acknowledged", str(bookings["acknowledged"]))
    table.add_row("  lost, duplicated", f"{bookings['lost']}, {bookings['duplicated']}")
    predicted = _s(bookings["predicted_at_most_seconds"])
    table.add_row("Loss, predicted at most", f"{predicted} (RPO {_s(result['target']['rpo'])})")
    table.add_row("  measured", _s(bookings["measured_seconds"]))
    restored.add_rows(table, result)
    _calls(table, result)
    _ledger(table, result)
    console.print()
    console.print(table)
    if result["rehearsal"]["aws_timing"]:
        _modelled(console, result)
    _shortened(console, result)
    console.print(f"Everything measured: {path}; to read and to show: {path.with_name('drill.html')}", soft_wrap=True)
    if result["passed"]:
        console.print("[bold green]PASSED[/bold green]")
    for sentence in result["missed"]:
        console.print(f"[bold red]MISSED[/bold red]  {sentence}")


def _calls(table: Table, result: dict[str, Any]) -> None:
    """How many, and where to; a lost region only where one was lost."""
    calls, lost = result["calls"], result["regions"]["lost"]
    table.add_row("Calls of the failover" if lost else "Calls to AWS", str(calls["on_path"]))
    if lost:
        table.add_row("  to the lost region", str(calls["to_lost_region"]))
        table.add_row("  of the fence", f"{calls['fence_calls']} in {_s(calls['fence_seconds'])}")
    table.add_row("  to a us-east-1 control plane", str(calls["to_us_east_1_control_plane"]))


def _ledger(table: Table, result: dict[str, Any]) -> None:
    """Rows of both databases, and what was given back, where a database was restored."""
    for name, figure in (result.get("ledger") or {}).items():
        table.add_row(name, figure)


def _modelled(console: Console, result: dict[str, Any]) -> None:
    """Measured and modelled side by side, never one figure made of both."""
    read = model_of(Reader(result))
    if read is None:
        return
    table = Table(title="Modelled for AWS, in minutes: no measurement, no forecast", title_justify="left", box=None)
    table.add_column("part of the outage")
    table.add_column("measured here", justify="right", style="bold")
    for name in ("low", "typical", "high"):
        table.add_column(f"AWS {name}", justify="right", style="dim")
    for row in (*read.rows, *((read.total,) if read.total else ())):
        table.add_row(row.name, row.measured, row.low, row.typical, row.high)
    console.print()
    console.print(table)
    console.print(f"{read.verdict} Really waited for: {read.stretched}.", soft_wrap=True)


def _shortened(console: Console, result: dict[str, Any]) -> None:
    """A rehearsal that hides how it was made shorter would be a lie."""
    settings = result["rehearsal"]
    changes = ", ".join(f"{c['path']} {c['planned']} → {c['rehearsed']}" for c in settings["plan_changes"])
    console.print(f"Made shorter through the plan: {changes}", style="dim")
    factor = settings["aws_clock_factor"]
    console.print(
        f"AWS's own clocks (health checks, alarm periods, schedules) ran {factor:g} times faster.", style="dim"
    )
    console.print(f"Functions were warmed beforehand. Not shown here: {'; '.join(settings['not_shown'])}.", style="dim")


def _sum(parts: tuple[Part, ...]) -> float:
    return sum(part.seconds for part in parts)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _s(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    return f"{seconds:.2f} s" if seconds < 600 else f"{seconds / 60:g} min"


def _n(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"
