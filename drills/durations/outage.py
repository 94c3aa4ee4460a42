"""The outage on AWS, as far as a model can tell: the drill's own parts, each with the figures that fill it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

    def times(self, factor: float) -> Range:
        """So many times as long."""
        return Range(self.low * factor, self.typical * factor, self.high * factor)

    @classmethod
    def of(cls, figure: Figure) -> Range:
        """A figure's three numbers."""
        return cls(figure.low, figure.typical, figure.high)

    @classmethod
    def longest(cls, first: Range, second: Range) -> Range:
        """Two things side by side: whichever takes longer."""
        return cls(max(first.low, second.low), max(first.typical, second.typical), max(first.high, second.high))


@dataclass(frozen=True)
class ModelledPart:
    """A part of the outage under the name it has where it is measured, and what it is made of.

    ``seconds`` is None for a part the model has no figures for.
    """

    name: str
    seconds: Range | None
    of: tuple[str, ...]


@dataclass(frozen=True)
class Modelled:
    """The model's answer. ``total`` is None when the drill came to no first answer, or a part has no figures."""

    parts: tuple[ModelledPart, ...]
    total: Range | None
    rto_seconds: float


FAILOVER_PARTS = (
    "detection: checks, alarm, event",
    "triage: observers asked until they agree",
    "gate: loss and replica",
    "facts read again",
    "fence of the lost region",
    "promotion and capacity at once",
    "validation at the standby",
    "authority and latch",
    "DNS: check, TTL, first answer",
)
RESTORE_PARTS = (
    "stop the damage",
    "keep the evidence",
    "restore to a new instance",
    "warm, read and judge the restored data",
    "set the logins, point the secrets",
    "renew the tasks",
)
_NOTHING = Range(0, 0, 0)
_AWS = {key: Range.of(figure) for key, figure in FIGURES.items()}


@dataclass(frozen=True)
class _Made:
    """Seconds, and what they are made of."""

    seconds: Range = _NOTHING
    of: tuple[str, ...] = ()

    def wait(self, span: timedelta, what: str) -> _Made:
        """Add a wait the plan itself asks for, which is no figure of AWS but known."""
        seconds = span.total_seconds()
        return _Made(self.seconds + Range(seconds, seconds, seconds), (*self.of, f"{what} of the plan ({seconds:g} s)"))


@dataclass(frozen=True)
class _Model:
    """The customer's plan and the figures in seconds, by key."""

    plan: Plan
    figures: Mapping[str, Range]

    def sum(self, *keys: str) -> _Made:
        """Figures one after the other."""
        once = dict.fromkeys(keys)
        total = sum((self.figures[key].times(keys.count(key)) for key in once), _NOTHING)
        times = {key: f" ({keys.count(key)} times)" if keys.count(key) > 1 else "" for key in once}
        return _Made(total, tuple(FIGURES[key].name + times[key] for key in once))

    def polled(self, longest: Range, name: str) -> _Made:
        """A phase of AWS whose end a poller sees at once, half an interval late, or a whole one."""
        poll = self.plan.timing.poll.total_seconds()
        rest = self.sum("cold_start", *["transition"] * 4)
        seen = f"seen up to one poll of the plan later ({poll:g} s)"
        return _Made(longest + Range(0, poll / 2, poll) + rest.seconds, (name, seen, *rest.of))


def model(plan: Plan, parts: Sequence[str], *, recovered: bool, figures: Mapping[str, Range] | None = None) -> Modelled:
    """The parts a drill went through, in its order, under the customer's ``plan``.

    Steps run one after the other except promotion and capacity, which run side by side: the longest chain counts.
    """
    known = _Model(plan, figures or _AWS)
    found = tuple(_part(known, name) for name in parts)
    spans = [part.seconds for part in found if part.seconds is not None]
    whole = recovered and bool(found) and len(spans) == len(found)
    return Modelled(found, sum(spans, _NOTHING) if whole else None, plan.objectives.rto.total_seconds())


def failover_on_aws(plan: Plan) -> tuple[float, float, float]:
    """Seconds from the loss of a region to users who are served again: favourable, ordinary, unfavourable."""
    total = model(plan, FAILOVER_PARTS, recovered=True).total
    if total is None:
        raise ValueError("a part of a failover has no figures")
    return total.low, total.typical, total.high


def _part(known: _Model, name: str) -> ModelledPart:
    maker = next((maker for start, maker in _MAKERS.items() if name.startswith(start)), None)
    made = None if maker is None else maker(known)
    return ModelledPart(name, made.seconds if made else None, made.of if made else ())


def _side_by_side(known: _Model) -> _Made:
    names = f"the longer of: {FIGURES['promotion'].name}; {FIGURES['task_start'].name}"
    return known.polled(Range.longest(known.figures["promotion"], known.figures["task_start"]), names)


def _triage(known: _Model) -> _Made:
    timing, policy = known.plan.timing, known.plan.policy
    asked = known.sum("cold_start", "transition", "transition").wait(timing.probe_timeout, "probe_timeout")
    return asked.wait(policy.agreement, "agreement")


def _facts(known: _Model) -> _Made:
    return known.sum("transition", "transition").wait(known.plan.timing.probe_timeout, "probe_timeout")


def _fence(known: _Model) -> _Made:
    return known.sum("cold_start", "transition").wait(known.plan.budgets.fence, "fence budget")


def _names(known: _Model) -> _Made:
    front = known.plan.main_front()
    return known.sum("propagation" if front.strategy == "record" else "metric").wait(front.ttl, "TTL")


def _of(*keys: str) -> Callable[[_Model], _Made]:
    return lambda known: known.sum(*keys)


def _phase(key: str) -> Callable[[_Model], _Made]:
    return lambda known: known.polled(known.figures[key], FIGURES[key].name)


_MAKERS: dict[str, Callable[[_Model], _Made]] = {
    "detection: checks": _of("checkers", "alarm", "event", "event", "cold_start"),
    "triage: observers": _triage,
    "gate": _of("cold_start", "transition", "transition"),
    "facts read again": _facts,
    "fence": _fence,
    "promotion and capacity": _side_by_side,
    "validation": _of("cold_start", "transition"),
    "authority": _of("cold_start", "transition", "transition"),
    "DNS": _names,
    "choose the recovery point": _of("cold_start", "cold_start", "transition", "transition"),
    "stop the damage": _phase("task_stop"),
    "keep the evidence": _of("cold_start", "transition"),
    "restore to a new instance": _phase("restore"),
    "warm, read and judge": _of("lazy_loading", *["cold_start"] * 3, *["transition"] * 3),
    "set the logins": _of("cold_start", "cold_start", "transition", "transition"),
    "renew the tasks": _phase("task_start"),
    "first answer of the new tasks": _of("transition", "transition"),
}
"""By the first words of a part's name, as the drill's measure cuts the outage. What is missing has no figure: how
long the alarm of a dead instance and its failover between zones take, and how far a delayed replica has to go."""
