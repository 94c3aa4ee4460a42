"""Whether a report is true to what it was drawn from: checked at the end of every drill, which fails if not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drills.client.attempt import Attempt
from drills.report import client, lanes, shading, timeline
from drills.report.reading import Reader
from drills.results.format import fault_of

_ROUNDING = 0.01
"""Seconds."""


def report_faults(result: dict[str, Any], attempts: Sequence[Attempt], fault_at: float) -> list[str]:
    """A sentence for each way in which the result or its pictures are untrue; ``fault_at`` in epoch seconds."""
    found = []
    if reason := fault_of(result):
        found.append(f"drill.json is not in its own format: {reason}")
    reader = Reader(result)
    told = timeline.read(reader)
    for where, picture in (
        ("the picture of the timeline", lanes.draw(reader, told)),
        ("the picture of the client", client.draw(reader, told.fault_at)),
    ):
        if picture is not None:
            found += shading.faults(picture.bands, picture.axis, attempts, fault_at, where)
    return [*found, *_parts(reader)]


def _parts(result: Reader) -> list[str]:
    """Parts of an outage that has ended add up to it."""
    outage = result.at("outage")
    parts, seconds = [part.number("seconds") or 0.0 for part in outage.each("parts")], outage.number("seconds")
    if not parts or seconds is None or abs(sum(parts) - seconds) <= _ROUNDING:
        return []
    return [f"the parts of the outage add up to {sum(parts):.2f} s instead of {seconds:.2f} s"]
