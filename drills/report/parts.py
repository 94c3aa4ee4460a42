"""The outage cut into its parts, as a stacked bar above its table."""

from __future__ import annotations

from dataclasses import dataclass

from drills.report import words
from drills.report.reading import Reader
from drills.report.scale import Axis

WORK = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
WAITING = (7, 9)
"""Numbers of colours in the style, used again from the start; waiting is grey, whatever is waited for."""

_READABLE = 3.6
"""A segment narrower than this (per cent) cannot carry its number."""


@dataclass(frozen=True)
class Segment:
    """One part; ``x`` and ``width`` in per cent of the bar."""

    number: int
    name: str
    time: str
    share: str
    colour: int
    x: float
    width: float
    numbered: bool


@dataclass(frozen=True)
class Bar:
    """A bar of segments with their sum in seconds."""

    segments: tuple[Segment, ...]
    seconds: float
    summary: str


def draw(parts: list[Reader], longest: float | None = None, colours: tuple[int, ...] = WORK) -> Bar | None:
    """The parts side by side; None without parts. ``longest`` (seconds) is a scale shared with another bar."""
    named = [(part.text("name", "unnamed"), part.number("seconds")) for part in parts]
    total = sum(seconds or 0.0 for _, seconds in named)
    if not named:
        return None
    axis = Axis(0.0, max(longest or 0.0, _length(named), 1e-9))
    segments, at = [], 0.0
    for number, (name, seconds) in enumerate(named, start=1):
        width = max(0.0, seconds or 0.0)
        colour = colours[(number - 1) % len(colours)]
        segments.append(_segment(number, name, seconds, words.share(seconds, total), colour, axis, at))
        at += width
    told = ", ".join(f"{segment.number} {segment.name} {segment.time}" for segment in segments)
    return Bar(tuple(segments), total, f"{told}. Together {words.span(total)}.")


def longest(*lists: list[Reader]) -> float:
    """The seconds of the longest of several bars."""
    return max(_length([("", part.number("seconds")) for part in parts]) for parts in lists)


def _length(named: list[tuple[str, float | None]]) -> float:
    return sum(max(0.0, seconds or 0.0) for _, seconds in named)


def _segment(number: int, name: str, seconds: float | None, share: str, colour: int, axis: Axis, at: float) -> Segment:
    width = axis.width(at, at + max(0.0, seconds or 0.0))
    return Segment(number, name, words.span(seconds), share, colour, axis.x(at), width, width >= _READABLE)
