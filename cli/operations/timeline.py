"""``lyo-dr timeline``: the sentences of an incident, and with ``--follow`` those that are still to come."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.text import Text

from cli.aws_errors import explain
from cli.operations.status import newest_incident
from cli.output import console, refuse, say, timeline_line, timestamp
from cli.region_view import Answer, Execution, RegionView, ask
from lyo_dr.errors import LyoDrError
from lyo_dr.model.incident import Line
from lyo_dr.model.plan import Plan

LOOK_SECONDS = 1.0
_FOLLOW_SECONDS = 4.5 * 3600
"""Longer than the state machine may run (TimeoutSeconds of incident_response, four hours)."""
_BAD_ENDS = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True)
class Story:
    """One incident as one region tells it. ``opened``: it opened an incident here, and was not merely recorded."""

    incident: str
    lines: tuple[Line, ...]
    opened: bool
    began: datetime


def timeline(plan: Plan, incident: str | None, regions: Sequence[str], *, follow: bool) -> int:
    """Print it; the exit code: 0, or 1 when an incident that was followed failed. Raises typer.Exit(2)."""
    answer, story = _find(plan, incident, regions)
    page = console()
    page.print(Text(f"{story.incident} in {answer.region}, {timestamp(story.began)}", "bold"))
    for line in story.lines:
        page.print(timeline_line(line))
    if not story.lines:
        say("Nothing is on its timeline yet.")
    return _follow(RegionView(plan, answer.region), story) if follow else 0


def _find(plan: Plan, incident: str | None, regions: Sequence[str]) -> tuple[Answer[Story | None], Story]:
    """The story of the region that opened the incident; of several the newest."""
    answers = ask(plan, regions, lambda view: read_story(view, incident))
    told = [(answer, answer.value) for answer in answers if answer.value is not None]
    silences = [answer.silence for answer in answers if answer.silence]
    for silence in silences:
        say(silence, "yellow")
    if told:
        return max(told, key=lambda pair: (pair[1].opened, pair[1].began))
    if len(silences) == len(answers):
        raise refuse("no region answered")
    what = f"no incident {incident!r}" if incident else "no incident yet"
    asked = " and ".join(answer.region for answer in answers if not answer.silence)
    raise refuse(f"there is {what} in {asked}; `lyo-dr status` names the newest")


def read_story(view: RegionView, incident: str | None) -> Story | None:
    """What this region tells about an incident, or about its newest; None when it knows none."""
    name = incident or _newest(view)
    if name is None:
        return None
    lines, head = view.incidents.timeline(name), view.incidents.head(name)
    if head is not None:
        return Story(name, tuple(lines), True, datetime.fromisoformat(head["opened_at"]))
    if lines or incident is None:
        began = lines[0].at if lines else view.execution(name).started_at
        return Story(name, tuple(lines), False, began.astimezone(UTC))
    return _just_started(view, name)


def _newest(view: RegionView) -> str | None:
    """One that runs is newer than what is recorded, also before its first step has written anything."""
    running = view.executions(running=True)
    if running:
        return running[0].name
    execution, _ = newest_incident(view)
    return execution.name if execution else None


def _just_started(view: RegionView, name: str) -> Story | None:
    """An execution whose first step has not written yet."""
    found = next((one for one in view.executions() if one.name == name), None)
    return Story(name, (), False, found.started_at.astimezone(UTC)) if found else None


def _follow(view: RegionView, story: Story) -> int:
    seen = set(story.lines)
    deadline = time.monotonic() + _FOLLOW_SECONDS
    silent = False
    while time.monotonic() < deadline:
        try:
            execution = view.execution(story.incident)  # first: what is told before its end is read after it
            seen |= _show_new(view, story.incident, seen)
        except LyoDrError as refusal:
            if not silent:
                say(f"{explain(refusal, view.region)}; asking on", "yellow")
            silent = True
        else:
            silent = False
            if execution.status != "RUNNING":
                return _ended(execution)
        rest()
    raise refuse(f"{story.incident} still runs after {_FOLLOW_SECONDS / 3600:g} h")


def rest() -> None:
    """Between two looks."""
    time.sleep(LOOK_SECONDS)


def _show_new(view: RegionView, incident: str, seen: set[Line]) -> set[Line]:
    new = [line for line in view.incidents.timeline(incident) if line not in seen]
    page = console()
    for line in new:
        page.print(timeline_line(line))
    return set(new)


def _ended(execution: Execution) -> int:
    failed = execution.status in _BAD_ENDS
    say(f"It has ended: {execution.status}.", "bold red" if failed else "bold green")
    return 1 if failed else 0
