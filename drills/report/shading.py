"""Shaded time: where attempts of the client failed, from the first of them to the next success.

``faults`` compares what is drawn with the attempts themselves: a picture that hides a failure, or shades a time in
which everything worked, is wrong, whatever the drill was about.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from drills.client.attempt import Attempt
from drills.report import words
from drills.report.reading import Reader
from drills.report.scale import Axis

_SLACK = 0.05
"""Seconds: times are drawn in hundredths of a per cent."""


@dataclass(frozen=True)
class Band:
    """Shaded time; ``x`` and ``width`` in per cent."""

    x: float
    width: float


def bands(result: Reader, axis: Axis) -> tuple[Band, ...]:
    """The shading on an axis in seconds after the fault; an outage without an end goes on to the end of the axis."""
    found = []
    for began, ended in stretches(result):
        end = axis.high if ended is None else ended
        if end > axis.low and began < axis.high:
            found.append(Band(axis.x(began), axis.width(began, end)))
    return tuple(found)


def stretches(result: Reader) -> list[tuple[float, float | None]]:
    """Begin and end of every stretch in which attempts failed, in seconds after the fault."""
    rows = result.at("outage").each("failing")
    return [(began, row.number("ended")) for row in rows if (began := row.number("began")) is not None]


def faults(drawn: Sequence[Band], axis: Axis, attempts: Sequence[Attempt], fault_at: float, where: str) -> list[str]:
    """A sentence for every way in which a shading is untrue; ``where`` names the picture."""
    slack = _SLACK + (axis.high - axis.low) / 2_000
    shaded = [_seconds(band, axis) for band in drawn]
    failed = sorted(attempt.t_start - fault_at for attempt in attempts if not attempt.ok)
    pictured = [at for at in failed if axis.low <= at <= axis.high]
    served = sorted((attempt.t_start - fault_at, attempt.t_end - fault_at) for attempt in attempts if attempt.ok)
    hidden = [at for at in pictured if not any(begin - slack <= at <= end + slack for begin, end in shaded)]
    found = []
    if hidden:
        found.append(f"{where} does not shade {len(hidden)} failed attempts, the first {words.since(hidden[0])}")
    for begin, end in shaded:
        if reason := _too_much(begin, end, failed, served, slack, axis):
            found.append(f"{where} shades {words.since(begin)} to {words.since(end)}, {reason}")
    return found


def _too_much(
    begin: float, end: float, failed: list[float], served: list[tuple[float, float]], slack: float, axis: Axis
) -> str:
    """Why nothing should be shaded there, or not for so long; empty when it should."""
    cut = begin <= axis.low  # what began before the picture is drawn from its edge on
    inside = failed[0 if cut else bisect_left(failed, begin - slack) : bisect_left(failed, end + slack)]
    if not inside:
        return "where no attempt failed"
    if not cut and inside[0] > begin + slack:
        return f"though the first attempt failed {words.since(inside[0])}"
    ended = min((finish for start, finish in served if start > inside[-1]), default=axis.high)
    return f"though bookings succeeded again {words.since(ended)}" if end > ended + slack else ""


def _seconds(band: Band, axis: Axis) -> tuple[float, float]:
    span = axis.high - axis.low
    return axis.low + band.x / 100 * span, axis.low + (band.x + band.width) / 100 * span
