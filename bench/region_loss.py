"""Measure the region-loss drill several times: ``make bench`` (``RUNS=5`` by default).

Against: published figures and measurements of others, printed beside ours. Every run is a whole drill with its own
processes; nothing is averaged away: minimum, median and maximum are printed.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.plan_file import load_plan
from drills.run import run_drill

_OTHERS = (
    ("bare pg_promote() behind a 0.5 s probe, same machine size", "0.3 s"),
    ("Patroni at its enforced minimum, same machine size", "20 s"),
    ("pg_auto_failover with its defaults, same machine size", "51 s"),
    ("DNS-only failover, published", "83 s"),
    ("alarm to action with safety checks (LogScale DR), published", "385 s"),
)
"""Client-seen outage or time to action; none of them fences, proves by a write, or moves an application."""


def main(runs: int) -> int:
    """Run, print, and return 1 when a run missed a target."""
    console = Console(highlight=False)
    results, failed = [], 0
    with tempfile.TemporaryDirectory(prefix="lyo-bench-") as folder:
        for number in range(runs):
            console.print(f"Run {number + 1} of {runs}")
            with Path(folder, "output").open("a", encoding="utf-8") as quiet:
                failed += run_drill("region-loss", load_plan(Path("plan.yaml")), Path(folder), Console(file=quiet)) != 0
            results.append(json.loads(Path(folder, "region-loss", "drill.json").read_text(encoding="utf-8")))
    _print(console, results)
    return 1 if failed else 0


def _print(console: Console, results: list[dict[str, Any]]) -> None:
    table = Table("figure", "min", "median", "max", title=f"region-loss, {len(results)} runs", title_justify="left")
    for name, values in _figures(results).items():
        known = [value for value in values if value is not None]
        if known:
            table.add_row(name, *(f"{figure(known):.2f}" for figure in (min, statistics.median, max)))
    console.print(table)
    for name, said in _OTHERS:
        console.print(f"  for comparison: {name}: {said}", style="dim")


def _figures(results: list[dict[str, Any]]) -> dict[str, list[float | None]]:
    figures: dict[str, list[float | None]] = {
        "outage, s": [result["outage"]["seconds"] for result in results],
        "outage ÷ critical path": [result["outage"]["ratio"] for result in results],
        "bookings lost": [result["bookings"]["lost"] for result in results],
        "loss measured, s": [result["bookings"]["measured_seconds"] for result in results],
        "loss predicted at most, s": [result["bookings"]["predicted_at_most_seconds"] for result in results],
        "whole drill, s": [result["rehearsal"]["stage_seconds"].get("total") for result in results],
    }
    for part in results[0]["outage"]["parts"]:
        name = part["name"]
        figures[f"  {name}, s"] = [
            next((p["seconds"] for p in result["outage"]["parts"] if p["name"] == name), None) for result in results
        ]
    return figures


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
