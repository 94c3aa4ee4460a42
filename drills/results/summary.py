"""Summary of a drill for the terminal: the verdict first, then the figures, then where the rest is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from drills.report.modelled import Modelled
from drills.report.modelled import read as model_of
from drills.report.reading import Reader
from drills.report.words import duration
from drills.terminal import Row, counted
from lyo_dr.model.durations import humanize

_LATE = "acknowledged after the fault"
Line = tuple[str, str]


def print_summary(console: Console, result: dict[str, Any], path: Path) -> None:
    """Print whether it passed, how long users were without the service, and what was lost."""
    console.print()
    console.print(_verdict(result))
    for sentence in result["missed"]:
        console.print(Row(Text("  MISSED  ", "bold red"), sentence))
    console.print()
    lines = list(_lines(result))
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        console.print(Row(Text(f"{name:<{width}}  ", "bold"), value))
    if result["rehearsal"]["aws_timing"]:
        _print_modelled(console, result)
    console.print()
    for name, value in _conditions(result, path):
        console.print(Row(Text(f"{name:<12}  ", "dim"), Text(value, "dim")))


def _verdict(result: dict[str, Any]) -> Row:
    name, outage, lost = result["drill"], duration(result["outage"]["seconds"]), result["bookings"]["lost"]
    if result["passed"]:
        cells, what = Text("PASSED  ", "bold green"), f"outage {outage}, {counted(lost, 'booking')} lost"
    else:
        cells, what = Text("FAILED  ", "bold red"), f"{counted(len(result['missed']), 'expectation')} missed"
    return Row(cells, Text(f"drill {name}: {what}", "bold"))


def _lines(result: dict[str, Any]) -> Iterator[Line]:
    yield from _outage(result)
    yield from _bookings(result)
    yield from _restore(result)
    yield from _breach(result)
    yield from _calls(result)


def _restore(result: dict[str, Any]) -> Iterator[Line]:
    """The recovery point, and row by row what only the damaged database held."""
    restore, ledger = result["restore"], result["ledger"]
    if restore:
        before = restore["moment_before_damage_seconds"]
        told = "" if before is None else f", {duration(before)} before the fault"
        yield "Restored to", f"{restore['target']}{told}"
        yield "  restores called", str(restore["restores_called"])
        for name, value in restore["counted"].items():
            yield f"  {name.replace('_', ' ')}", str(value)
    if ledger:
        yield "Rows, damaged database", f"{ledger['rows_damaged_database']:,}"
        yield "Rows, restored database", f"{ledger['rows_restored_database']:,}"
        for name, count in ledger["entries"].items():
            yield f"  {name}", f"{count:,}"
    for number, replay in enumerate((ledger or {}).get("replays", ()), start=1):
        done = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in replay.items())
        yield f"Replay {number}", done


def _breach(result: dict[str, Any]) -> Iterator[Line]:
    """When the milestones of a breach were reached, counted from the opening of the incident."""
    for name, seconds in ((result["breach"] or {}).get("seconds_after_opening") or {}).items():
        if seconds is not None:
            yield f"Breach: {name.replace('_', ' ')} after", duration(seconds)


def _outage(result: dict[str, Any]) -> Iterator[Line]:
    outage, rto, scaled = result["outage"], duration(result["target"]["rto"]), result["target"]["rto_in_scale"]
    ends = result["kind"] in ("failover", "restore")
    against = f" (RTO {rto})" if ends else ""
    yield "Outage, seen by clients", f"{duration(outage['seconds'])}, from the first failed request{against}"
    if scaled is not None and outage["seconds"]:
        share = f"{outage['seconds'] / scaled:.0%}".replace("%", " %")
        yield "  RTO in the drill's scale", f"{duration(scaled)}; {share} of it used"
    for part in outage["parts"]:
        yield f"  {part['name']}", duration(part["seconds"])
    if outage["ratio"] is not None:
        chain = f"{duration(outage['critical_path_seconds'])}; the outage is {outage['ratio']:.2f} times as long"
        yield "Critical path", chain
    if total := (result.get("modelled") or {}).get("total"):
        low, typical, high = (humanize(60 * round(total[key] / 60)) for key in ("low", "typical", "high"))
        yield "AWS, by a model, not measured", f"{typical}; between {low} and {high} (RTO {rto}{_beyond(result)})"
    elif unknown := [part["name"] for part in (result["modelled"] or {}).get("parts", ()) if not part["seconds"]]:
        yield "AWS, by a model, not measured", f"no total: no figure for {' and '.join(unknown)}"


def _beyond(result: dict[str, Any]) -> str:
    """Where the model says that AWS would take longer than the plan allows."""
    total, rto = result["modelled"]["total"], result["target"]["rto"]
    cases = [name for name, key in (("favourably", "low"), ("typically", "typical")) if total[key] > rto]
    return f", exceeded even {cases[0]}" if "favourably" in cases else f", exceeded {cases[0]}" if cases else ""


def _bookings(result: dict[str, Any]) -> Iterator[Line]:
    bookings, rpo = result["bookings"], duration(result["target"]["rpo"])
    yield "Bookings acknowledged", f"{bookings['acknowledged']:,}"
    yield "  lost", f"{bookings['lost']}"
    yield "  stored twice", f"{bookings['duplicated']}"
    if result["kind"] not in ("failover", "quiet"):
        return
    yield "Data loss, predicted at most", f"{duration(bookings['predicted_at_most_seconds'])} (RPO {rpo})"
    late = bookings["lost"] and bookings["measured_seconds"] == 0
    note = f"; {counted(bookings['lost'], 'booking')} lost, {_LATE}" if late else ""
    yield "  measured", f"{duration(bookings['measured_seconds'])}{note}"


def _calls(result: dict[str, Any]) -> Iterator[Line]:
    """API calls, and where to; a lost region only where one was lost."""
    calls, lost = result["calls"], result["regions"]["lost"]
    yield "API calls of the failover" if lost else "API calls to AWS", str(calls["on_path"])
    if lost:
        yield "  to the lost region", str(calls["to_lost_region"])
        yield "  of the fence", f"{calls['fence_calls']} in {duration(calls['fence_seconds'])}"
    yield "  to a us-east-1 control plane", str(calls["to_us_east_1_control_plane"])


def _conditions(result: dict[str, Any], path: Path) -> Iterator[Line]:
    """Where the figures are, and how the drill was shortened: a rehearsal that hides that would be a lie."""
    settings, report = result["rehearsal"], path.with_name("drill.html")
    yield "Results", f"{path} (all figures), {report} (report)"
    waits = counted(len(settings["plan_changes"]), "setting")
    clocks = f"AWS's own clocks (health checks, alarm periods, schedules) {settings['aws_clock_factor']:g} times faster"
    yield "Shortened", f"{waits} of the plan; {clocks}; functions warmed beforehand"
    limits = counted(len(settings["not_shown"]), "thing")
    yield "Not shown", f"{limits} that a laptop cannot show: {report.name}#conditions"


def _print_modelled(console: Console, result: dict[str, Any]) -> None:
    """Print measured and modelled side by side, never one figure made of both."""
    model = model_of(Reader(result))
    if model is None:
        return
    console.print()
    console.print(_table(model))
    console.print(Row("", f"{model.verdict} Really waited for: {model.stretched}.".replace("\u00a0", " ")))


def _table(model: Modelled) -> Table:
    table = Table(title="Modelled for AWS, in minutes: no measurement, no forecast", title_justify="left", box=None)
    table.add_column("part of the outage")
    table.add_column("measured here", justify="right", style="bold")
    for name in ("low", "typical", "high"):
        table.add_column(f"AWS {name}", justify="right", style="dim")
    for row in (*model.rows, *((model.total,) if model.total else ())):
        table.add_row(row.name, row.measured, row.low, row.typical, row.high)
    return table
