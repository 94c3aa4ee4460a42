"""Every drill, one after the other, and one table at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from drills.run import CANNOT_RUN, MISSED, PASSED, STOPPED, Finished, perform
from drills.scenarios.catalogue import DRILLS
from drills.terminal import Row, counted
from drills.world.own_system import OwnSystem
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan

_WORDS = {
    PASSED: "[green]passed[/green]",
    MISSED: "[bold red]MISSED[/bold red]",
    CANNOT_RUN: "[bold red]not run[/bold red]",
    STOPPED: "[yellow]stopped[/yellow]",
}


def run_all(plan: Plan, results: Path, console: Console, own: OwnSystem | None = None) -> int:
    """Run every drill of the catalogue; 0 when all passed, 1 when one missed or could not be run, 130 after Ctrl-C."""
    finished: dict[str, Finished] = {}
    for name, drill in DRILLS.items():
        console.print(Rule(name, align="left"))
        console.print(Row("", drill.proves))
        finished[name] = perform(drill, plan, results, console, own=own)
        if finished[name].code == STOPPED:
            break
    console.print(_table(finished))
    for name, end in finished.items():
        for sentence in end.result.get("missed", []):
            console.print(Row(Text(f"{name}: ", "bold red"), sentence))
    console.print(_fired(finished))
    codes = {end.code for end in finished.values()}
    if STOPPED in codes:
        return STOPPED
    return PASSED if codes == {PASSED} else MISSED


def _table(finished: dict[str, Finished]) -> Table:
    table = Table(title="All drills", title_justify="left", box=None, pad_edge=False)
    table.add_column("drill", no_wrap=True)
    table.add_column("result", no_wrap=True)
    for figure in ("outage", "lost", "took"):
        table.add_column(figure, justify="right", no_wrap=True)
    for name, end in finished.items():
        table.add_row(name, _WORDS[end.code], _outage(end.result), _lost(end.result), humanize(round(end.seconds)))
    passed = sum(end.code == PASSED for end in finished.values())
    total = sum(end.seconds for end in finished.values())
    table.add_row(f"{passed} of {len(DRILLS)} passed", "", "", "", humanize(round(total)), style="bold")
    return table


def _fired(finished: dict[str, Finished]) -> str:
    """Count false alarms, the figure that matters most: a failover where none may happen."""
    quiet = [end for name, end in finished.items() if not DRILLS[name].must_fire and end.result]
    fired = sum(bool(end.result.get("fired")) for end in quiet)
    return f"Of {counted(len(quiet), 'drill')} in which nothing may fire, {fired} fired"


def _outage(result: dict[str, Any]) -> str:
    if not result:
        return "-"
    seconds = result["outage"]["seconds"]
    return "to the end" if seconds is None else humanize(seconds)


def _lost(result: dict[str, Any]) -> str:
    return str(result["bookings"]["lost"]) if result else "-"
