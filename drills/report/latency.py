"""How long an answer took, second by second: what a drill adds to its result as ``client.latency_per_second``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from drills.client.attempt import Attempt
from drills.client.attempt_log import latency


@dataclass(frozen=True)
class SecondLatency:
    """Percentiles over the successful attempts that ended in one second of the clock, in milliseconds."""

    second: int
    p50_ms: float
    p99_ms: float


def per_second(attempts: Iterable[Attempt]) -> list[SecondLatency]:
    """One entry per second in which something succeeded, in order of time."""
    by_second: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        if attempt.ok:
            by_second.setdefault(math.floor(attempt.t_end), []).append(attempt)
    measured = ((second, latency(by_second[second])) for second in sorted(by_second))
    return [SecondLatency(second, one.p50 * 1000, one.p99 * 1000) for second, one in measured if one is not None]
