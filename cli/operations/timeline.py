"""``lyo-dr timeline``: the steps of an incident, and with ``--follow`` each new one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import typer
from rich.text import Text

from cli.aws_errors import explain
from cli.operations.status import newest_incident
from cli.output import CTRL_C, console, paste, refuse, say, timeline_line, timestamp
from cli.region_view import Answer, Execution, RegionView, ask, exit_code, failures
from lyo_dr.errors import LyoDrError
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Line
from lyo_dr.model.machines.times import machine_times
from lyo_dr.model.plan import Plan

POLL_SECONDS = 1.0
_FOLLOW_LONGER = timedelta(minutes=30)
"""A little longer than the state machine may run."""
_BAD_ENDS = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True)
class IncidentTimeline:
    """Timeline of one incident in one region. ``opened``: an incident was opened here, not merely recorded."""

    incident: str
    lines: tuple[Line, ...]
    opened: bool
    began: datetime


def timeline(plan: Plan, incident: str | None, regions: Sequence[str], *, follow: bool) -> int:
    """Print it; the exit code: 0, or 1 when an incident that was followed failed. Raises typer.Exit(2)."""
    answer, found, silent = _find(plan, incident, regions)
    page = console()
    page.print(Text(f"{found.incident} in {answer.region}, {timestamp(found.began)}", "bold"))
    for line in found.lines:
        page.print(timeline_line(line))
    if not found.lines:
        say("Its timeline is still empty.")
    return _follow(plan, RegionView(plan, answer.region), found) if follow else silent


def _find(
    plan: Plan, incident: str | None, regions: Sequence[str]
) -> tuple[Answer[IncidentTimeline | None], IncidentTimeline, int]:
    """Find the timeline in the region that opened the incident; of several the newest. With the exit code."""
    answers = ask(plan, regions, lambda view: read_timeline(view, incident))
    values = [(answer, answer.value) for answer in answers if answer.value is not None]
    missing = failures(answers)
    if all(answer.failure for answer in answers):
        raise refuse(*missing)
    for failure in missing:
        say(failure, "yellow")
    if values:
        region, found = max(values, key=lambda pair: (pair[1].opened, pair[1].began))
        return region, found, 0 if incident else exit_code(answers)
    if missing:
        raise refuse(f"whether there is {f'an incident {incident!r}' if incident else 'an incident'} is not known")
    what = f"no incident {incident!r}" if incident else "no incident yet"
    asked = " and ".join(answer.region for answer in answers)
    raise refuse(f"there is {what} in {asked}; `lyo-dr status` names the newest")


def read_timeline(view: RegionView, incident: str | None) -> IncidentTimeline | None:
    """Read the timeline of an incident, or of the newest; None when this region has none."""
    name = view.store.incidents.id_of(incident) if incident else _newest(view)
    if name is None:
        return None
    lines, head = view.store.incidents.timeline(name), view.store.incidents.head(name)
    if head is not None:
        return IncidentTimeline(name, tuple(lines), True, datetime.fromisoformat(head["opened_at"]))
    if lines or incident is None:
        began = lines[0].at if lines else view.execution(name).started_at
        return IncidentTimeline(name, tuple(lines), False, began.astimezone(UTC))
    return _just_started(view, name)


def _newest(view: RegionView) -> str | None:
    """A running one is newer than what is recorded, also before its first step has written anything."""
    running = view.executions(running=True)
    if running:
        return view.store.incidents.id_of(running[0].name)
    execution, _ = newest_incident(view)
    return view.store.incidents.id_of(execution.name) if execution else None


def _just_started(view: RegionView, name: str) -> IncidentTimeline | None:
    """An execution whose first step has not written yet."""
    found = next((one for one in view.executions() if one.name == name), None)
    return IncidentTimeline(name, (), False, found.started_at.astimezone(UTC)) if found else None


def _follow(plan: Plan, view: RegionView, found: IncidentTimeline) -> int:
    with _left_running(view, found):
        return _until_it_ends(view, found, machine_times(plan)["incident_response"] + _FOLLOW_LONGER)


def _until_it_ends(view: RegionView, found: IncidentTimeline, longest: timedelta) -> int:
    seen = set(found.lines)
    deadline = time.monotonic() + longest.total_seconds()
    silent = False
    while time.monotonic() < deadline:
        try:
            execution = view.execution(_worked_on_by(view, found.incident))  # first: the last sentences come after it
            seen |= _show_new(view, found.incident, seen)
        except LyoDrError as refusal:
            if not silent:
                say(f"{explain(refusal, view.region)}; still trying", "yellow")
            silent = True
        else:
            silent = False
            if execution.status != "RUNNING":
                return _ended(execution)
        rest()
    raise refuse(f"{found.incident} is still running after {humanize(longest)}")


def _worked_on_by(view: RegionView, incident: str) -> str:
    """The execution that works on it: an incident taken up again keeps its id, and the execution has another name."""
    head = view.store.incidents.head(incident) or {}
    return str(head.get("execution") or incident)


@contextmanager
def _left_running(view: RegionView, found: IncidentTimeline) -> Iterator[None]:
    """Ctrl-C ends the command, never the incident: say so, and how to follow it again."""
    try:
        yield
    except KeyboardInterrupt:
        say("")
        say("The incident goes on; follow it again:")
        paste(f"  lyo-dr timeline {found.incident} --region {view.region} --follow")
        raise typer.Exit(CTRL_C) from None


def rest() -> None:
    """Wait before the next poll."""
    time.sleep(POLL_SECONDS)


def _show_new(view: RegionView, incident: str, seen: set[Line]) -> set[Line]:
    new = [line for line in view.store.incidents.timeline(incident) if line not in seen]
    page = console()
    for line in new:
        page.print(timeline_line(line))
    return set(new)


def _ended(execution: Execution) -> int:
    failed = execution.status in _BAD_ENDS
    say(f"The incident has ended: {execution.status}.", "bold red" if failed else "bold green")
    return 1 if failed else 0
