"""The outage on AWS, as far as a model can tell: the drill's own parts, each with the figures that fill it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from drills.durations.model import FIGURES, Figure
from lyo_dr.model.plan import Plan


@dataclass(frozen=True)
class Range:
    """Seconds: favourable, ordinary, unfavourable."""

    low: float
    typical: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.typical + other.typical, self.high + other.high)

    @classmethod
    def of(cls, figure: Figure, times: int = 1) -> Range:
        """A figure, several times one after the other."""
        return cls(figure.low * times, figure.typical * times, figure.high * times)

    @classmethod
    def longest(cls, first: Range, second: Range) -> Range:
        """Two things side by side: whichever takes longer."""
        return cls(max(first.low, second.low), max(first.typical, second.typical), max(first.high, second.high))


@dataclass(frozen=True)
class ModelledPart:
    """A part of the outage under the name it has where it is measured, and what it is made of."""

    name: str
    seconds: Range
    of: tuple[str, ...]


@dataclass(frozen=True)
class Modelled:
    """The model's answer. ``total`` is None when the drill did not come to the first answer."""

    parts: tuple[ModelledPart, ...]
    total: Range | None
    rto_seconds: float


_NOTHING = Range(0, 0, 0)
_Part = tuple[Range, tuple[str, ...]]


def model(plan: Plan, parts: Sequence[str], *, recovered: bool) -> Modelled:
    """The parts a drill went through, in its order, under the customer's ``plan``; a part without figures is left out.

    Steps run one after the other except promotion and capacity, which run side by side: the longest chain counts.
    """
    found = [ModelledPart(name, *made(plan)) for name in parts if (made := _maker(name)) is not None]
    total = sum((part.seconds for part in found), _NOTHING)
    return Modelled(tuple(found), total if recovered else None, plan.objectives.rto.total_seconds())


def _maker(name: str) -> Callable[[Plan], _Part] | None:
    return next((maker for start, maker in _MAKERS.items() if name.startswith(start)), None)


def _figures(*keys: str) -> _Part:
    total = sum((Range.of(FIGURES[key], keys.count(key)) for key in dict.fromkeys(keys)), _NOTHING)
    names = tuple(
        FIGURES[key].name + (f" ({keys.count(key)} times)" if keys.count(key) > 1 else "")
        for key in dict.fromkeys(keys)
    )
    return total, names


def _with(made: _Part, span: timedelta, what: str) -> _Part:
    """A wait the plan itself asks for, which is no figure of AWS but known."""
    seconds = span.total_seconds()
    return made[0] + Range(seconds, seconds, seconds), (*made[1], f"{what} of the plan ({seconds:g} s)")


def _detection(_: Plan) -> _Part:
    return _figures("checkers", "alarm", "event", "event", "cold_start")


def _triage(plan: Plan) -> _Part:
    looked = _with(_figures("cold_start", "transition", "transition"), plan.timing.probe_timeout, "probe_timeout")
    return _with(looked, plan.policy.agreement, "agreement")


def _gate(_: Plan) -> _Part:
    return _figures("cold_start", "transition", "transition")


def _facts(plan: Plan) -> _Part:
    return _with(_figures("transition", "transition"), plan.timing.probe_timeout, "probe_timeout")


def _fence(plan: Plan) -> _Part:
    return _with(_figures("cold_start", "transition"), plan.budgets.fence, "fence budget")


def _side_by_side(plan: Plan) -> _Part:
    poll = plan.timing.poll.total_seconds()
    longest = Range.longest(Range.of(FIGURES["promotion"]), Range.of(FIGURES["task_start"]))
    # A poller sees the end of a phase at once, half an interval late, or a whole one.
    seen = longest + Range(0, poll / 2, poll) + Range.of(FIGURES["cold_start"]) + Range.of(FIGURES["transition"], 4)
    names = (
        f"the longer of: {FIGURES['promotion'].name}; {FIGURES['task_start'].name}",
        f"seen up to one poll of the plan later ({poll:g} s)",
        *_figures("cold_start", *["transition"] * 4)[1],
    )
    return seen, names


def _validation(_: Plan) -> _Part:
    return _figures("cold_start", "transition")


def _authority(_: Plan) -> _Part:
    return _figures("cold_start", "transition", "transition")


def _names(plan: Plan) -> _Part:
    key = "propagation" if plan.traffic.strategy == "record" else "metric"
    return _with(_figures(key), plan.traffic.ttl, "TTL")


_MAKERS: dict[str, Callable[[Plan], _Part]] = {
    "detection": _detection,
    "triage": _triage,
    "gate": _gate,
    "facts read again": _facts,
    "fence": _fence,
    "promotion and capacity": _side_by_side,
    "validation": _validation,
    "authority": _authority,
    "DNS": _names,
}
"""By the first words of a part's name, as the drill's measure cuts the outage."""
