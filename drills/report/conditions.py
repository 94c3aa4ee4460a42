"""Under which conditions the drill was played: what was shortened, modelled, and cannot be shown on a laptop."""

from __future__ import annotations

from dataclasses import dataclass

from drills.report import words
from drills.report.facts import Fact, flatten
from drills.report.reading import Reader


@dataclass(frozen=True)
class Change:
    """A value of the plan, as planned and as rehearsed."""

    path: str
    planned: str
    rehearsed: str


@dataclass(frozen=True)
class Conditions:
    """Everything a reader must know before comparing the figures with AWS."""

    changes: tuple[Change, ...]
    sentences: tuple[str, ...]
    modelled: tuple[Fact, ...]
    not_shown: tuple[str, ...]
    stages: tuple[tuple[str, str], ...]


def read(result: Reader) -> Conditions:
    """Read the settings of a result."""
    settings = result.at("rehearsal")
    changes = (
        Change(one.text("path"), one.text("planned"), one.text("rehearsed")) for one in settings.each("plan_changes")
    )
    stages = settings.at("stage_seconds")
    return Conditions(
        changes=tuple(changes),
        sentences=tuple(_sentences(settings)),
        modelled=tuple(flatten(settings.raw("modelled")) if settings.raw("modelled") else ()),
        not_shown=tuple(settings.texts("not_shown")),
        stages=tuple((name.replace("_", " "), words.span(stages.number(name))) for name, _ in stages.items()),
    )


def _sentences(settings: Reader) -> list[str]:
    found = []
    factor, link = settings.number("aws_clock_factor"), settings.number("replication_link_one_way_seconds")
    if factor is not None:
        speed = "as fast as on AWS" if factor == 1 else f"{factor:g} times faster than on AWS"
        found.append(f"AWS's own clocks (health checks, alarm periods, schedules) ran {speed}.")
    if link is not None:
        found.append(f"The link between the two databases delays {link * 1000:g} ms each way.")
    if settings.flag("functions_warmed_before_the_clock"):
        found.append("The functions were warmed before the clock started: no cold start is in the figures.")
    return found
