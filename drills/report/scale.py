"""Where something stands on an axis, in per cent of its width."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drills.report import words

_STEPS = (1, 2, 5, 10)
_TOPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis; ``x`` in per cent, ``anchor`` as SVG's text-anchor."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high``, in the axis' own unit."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """The place of a value in per cent, kept inside the picture."""
        if self.high <= self.low:
            return 0.0
        return round(min(100.0, max(0.0, 100 * (value - self.low) / (self.high - self.low))), 2)

    def width(self, first: float, last: float) -> float:
        """The per cent between two values."""
        return round(max(0.0, self.x(last) - self.x(first)), 2)

    def ticks(self, most: int = 6) -> list[Tick]:
        """At most ``most`` round values with their places."""
        step = nice((self.high - self.low) / most)
        first = math.ceil(self.low / step)
        values = [step * number for number in range(first, math.floor(self.high / step + 1e-9) + 1)]
        return [self._tick(value) for value in values]

    def _tick(self, value: float) -> Tick:
        x, label = self.x(value), f"{value:g}".replace("-", words.MINUS)
        return Tick(x, label, anchor(x, label))


def anchor(x: float, label: str) -> str:
    """How a label at ``x`` per cent is set so that it stays inside; a single digit does wherever it is."""
    if len(label) == 1:
        return "middle"
    if x < 2:
        return "start"
    return "end" if x > 98 else "middle"


def nice(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``least``: a step between ticks."""
    return _round_up(least, _STEPS)


def top(least: float) -> float:
    """A round value closely above ``least``: the end of an axis."""
    return _round_up(least, _TOPS)


def _round_up(least: float, steps: tuple[float, ...]) -> float:
    if least <= 0 or not math.isfinite(least):
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((step * power for step in steps if step * power >= least * (1 - 1e-9)), 10 * power)
