"""The timeline as a picture: one lane per group of steps, a bar from its first sentence to its last."""

from __future__ import annotations

from dataclasses import dataclass, replace

from drills.report import words
from drills.report.lane_names import LANE_OF
from drills.report.reading import Reader
from drills.report.scale import Axis, Tick
from drills.report.shading import Band, bands
from drills.report.timeline import Line, Timeline

_HEAD, _LANE, _FOOT, _ROW = 10, 34, 40, 17


@dataclass(frozen=True)
class Dot:
    """One sentence; ``x`` in per cent."""

    x: float
    bad: bool
    title: str


@dataclass(frozen=True)
class Lane:
    """A group of steps; ``x`` and ``width`` in per cent, ``y`` in pixels."""

    name: str
    times: str
    y: int
    x: float
    width: float
    dots: tuple[Dot, ...]
    bad: bool


@dataclass(frozen=True)
class Mark:
    """A moment drawn through all lanes: ``x`` in per cent, ``y`` the height of its label in pixels."""

    name: str
    kind: str
    after: float
    x: float
    y: int = 0

    @property
    def label(self) -> str:
        """Its name, and when it was."""
        return self.name if self.kind == "fault" else f"{self.name} {words.since(self.after)}"

    @property
    def at_its_right(self) -> bool:
        """Does the label stand at the right of the line?"""
        return self.x < 50


@dataclass(frozen=True)
class Picture:
    """Everything the template draws; heights in pixels, widths in per cent."""

    height: int
    top: int
    bottom: int
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    axis: Axis
    bands: tuple[Band, ...]
    summary: str


def draw(result: Reader, timeline: Timeline) -> Picture | None:
    """The picture; None when no sentence has a time."""
    timed = [line for line in timeline.lines if line.after is not None]
    if not timed:
        return None
    moments = [(name, kind, after) for name, kind, after in _moments(timeline) if after is not None]
    axis = _axis([line.after or 0.0 for line in timed] + [after for _, _, after in moments])
    marks = _stacked([Mark(*moment, axis.x(moment[2])) for moment in moments])
    top = _HEAD + _ROW * len(marks)
    lanes = _lanes(timed, axis, top)
    bottom = top + _LANE * len(lanes)
    return Picture(
        height=bottom + _FOOT,
        top=top,
        bottom=bottom,
        lanes=tuple(lanes),
        marks=tuple(marks),
        ticks=tuple(axis.ticks()),
        axis=axis,
        bands=bands(result, axis),
        summary=_summary(lanes, marks),
    )


def _axis(values: list[float]) -> Axis:
    low, high = min(0.0, *values), max(0.0, *values)
    room = max(high - low, 1.0) * 0.03
    return Axis(low, high + room)


def _moments(timeline: Timeline) -> list[tuple[str, str, float | None]]:
    return [
        ("Fault", "fault", 0.0),
        ("Latch set", "switch", timeline.latch),
        ("Record changed", "switch", timeline.record),
        ("Secrets changed", "switch", timeline.pointed),
        ("First answer", "answer", timeline.first_answer),
    ]


def _stacked(marks: list[Mark]) -> list[Mark]:
    """Give each label a row of its own, in an order in which no line runs through another's label."""
    left = sorted((mark for mark in marks if not mark.at_its_right), key=lambda mark: -mark.x)
    right = sorted((mark for mark in marks if mark.at_its_right), key=lambda mark: mark.x)
    return [replace(mark, y=_HEAD + _ROW * row + 9) for row, mark in enumerate(left + right)]


def _lanes(lines: list[Line], axis: Axis, top: int) -> list[Lane]:
    by_name: dict[str, list[Line]] = {}
    for line in lines:
        by_name.setdefault(LANE_OF.get(line.step, line.step or "Without a step"), []).append(line)
    ordered = sorted(by_name, key=lambda name: min(line.after or 0.0 for line in by_name[name]))
    return [_lane(name, by_name[name], axis, top + _LANE * row) for row, name in enumerate(ordered)]


def _lane(name: str, lines: list[Line], axis: Axis, y: int) -> Lane:
    times = [line.after or 0.0 for line in lines]
    first, last = min(times), max(times)
    told = words.since(first) if last - first < 0.005 else f"{words.since(first)[:-2]} \u2013 {words.since(last)}"
    dots = tuple(Dot(axis.x(line.after or 0.0), line.bad, _title(line)) for line in lines[:100])
    return Lane(name, told, y, axis.x(first), axis.width(first, last), dots, any(line.bad for line in lines))


def _title(line: Line) -> str:
    return f"{words.since(line.after)} {line.step}: {line.sentence[:160]}"


def _summary(lanes: list[Lane], marks: list[Mark]) -> str:
    moments = "; ".join(f"{mark.name} at {words.since(mark.after)}" for mark in marks)
    return f"{moments}. {'. '.join(f'{lane.name}: {lane.times}' for lane in lanes)}."
