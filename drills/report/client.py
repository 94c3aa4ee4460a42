"""What the client saw, second by second: bookings that succeeded and failed, and how long an answer took."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drills.report import words
from drills.report.reading import Reader
from drills.report.scale import Axis, Tick, top
from drills.report.shading import Band, bands

MOST_BINS = 180
"""Longer drills are drawn in steps of several seconds."""

_UP, _DOWN, _LATENCY = 96, 96, 110


@dataclass(frozen=True)
class Bin:
    """Some seconds of the client; ``start`` after the fault. Rates per second, latencies in ms or None."""

    start: float
    seconds: int
    succeeded: float
    failed: float
    p50: float | None
    p99: float | None


@dataclass(frozen=True)
class Column:
    """A bin as drawn: ``x`` and ``width`` in per cent, heights in pixels, and its numbers."""

    x: float
    width: float
    up: float
    down: float
    bin: Bin


@dataclass(frozen=True)
class Curve:
    """A line in a square of 100 by 100."""

    name: str
    path: str


@dataclass(frozen=True)
class Picture:
    """Everything the template draws. ``curves`` is empty when no latency was recorded over time."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    seconds: int
    up: int
    down: int
    rate_top: float
    rate_bottom: float
    curves: tuple[Curve, ...]
    latency_height: int
    latency_top: float
    axis: Axis
    bands: tuple[Band, ...]
    fault_x: float
    summary: str


def draw(result: Reader, fault_at: float | None) -> Picture | None:
    """The picture; None when the client recorded nothing."""
    bins = _bins(result.at("client"), fault_at)
    if not bins:
        return None
    axis = Axis(bins[0].start, bins[-1].start + bins[-1].seconds)
    highest = top(max(one.succeeded for one in bins))
    lowest = top(max(one.failed for one in bins)) if any(one.failed for one in bins) else 0.0
    scale = max(highest, lowest)
    slowest = top(max((one.p99 or one.p50 or 0.0 for one in bins), default=0.0))
    return Picture(
        columns=tuple(_column(one, axis, scale) for one in bins),
        ticks=tuple(axis.ticks()),
        seconds=bins[0].seconds,
        up=math.ceil(_UP * highest / scale),
        down=math.ceil(_DOWN * lowest / scale),
        rate_top=highest,
        rate_bottom=lowest,
        curves=_curves(bins, axis, slowest),
        latency_height=_LATENCY,
        latency_top=slowest,
        axis=axis,
        bands=bands(result, axis),
        fault_x=axis.x(0.0),
        summary=_summary(bins),
    )


def _bins(client: Reader, fault_at: float | None) -> list[Bin]:
    rows = [row for row in client.each("per_second") if row.number("second") is not None]
    if not rows:
        return []
    zero = fault_at if fault_at is not None else rows[0].number("second") or 0.0
    latency = {row.number("second"): row for row in client.each("latency_per_second")}
    size = math.ceil(len(rows) / MOST_BINS)
    return [_bin(rows[at : at + size], latency, zero) for at in range(0, len(rows), size)]


def _bin(rows: list[Reader], latency: dict[float | None, Reader], zero: float) -> Bin:
    timed = [latency[row.number("second")] for row in rows if row.number("second") in latency]
    return Bin(
        start=(rows[0].number("second") or 0.0) - zero,
        seconds=len(rows),
        succeeded=sum(row.number("succeeded") or 0.0 for row in rows) / len(rows),
        failed=sum(row.number("failed") or 0.0 for row in rows) / len(rows),
        p50=_slowest(timed, "p50_ms"),
        p99=_slowest(timed, "p99_ms"),
    )


def _slowest(rows: list[Reader], name: str) -> float | None:
    return max((value for value in (row.number(name) for row in rows) if value is not None), default=None)


def _column(one: Bin, axis: Axis, scale: float) -> Column:
    width = axis.width(one.start, one.start + one.seconds)
    up, down = round(_UP * one.succeeded / scale, 1), round(_DOWN * one.failed / scale, 1)
    return Column(axis.x(one.start), round(width * 0.86, 2), up, down, one)


def _curves(bins: list[Bin], axis: Axis, slowest: float) -> tuple[Curve, ...]:
    found = []
    for name in ("p99", "p50"):
        points = [(one.start + one.seconds / 2, getattr(one, name)) for one in bins]
        path = _path([(axis.x(at), value) for at, value in points], slowest)
        if path:
            found.append(Curve(name, path))
    return tuple(found)


def _path(points: list[tuple[float, float | None]], slowest: float) -> str:
    """A path that is broken where nothing succeeded; a lonely point becomes a dot."""
    commands, drawing = [], False
    for x, value in points:
        if value is not None:
            y = round(100 - 100 * min(value, slowest) / slowest, 1)
            commands.append(f"{'L' if drawing else 'M'}{x:g} {y:g}" + ("" if drawing else "h0"))
        drawing = value is not None
    return "".join(commands)


def _summary(bins: list[Bin]) -> str:
    good = sum(one.succeeded * one.seconds for one in bins)
    bad = sum(one.failed * one.seconds for one in bins)
    silent = sum(one.seconds for one in bins if one.failed and not one.succeeded)
    return (
        f"{words.whole(good)} attempts succeeded and {words.whole(bad)} failed in {sum(b.seconds for b in bins)} s; "
        f"in {silent} s nothing succeeded."
    )
