"""How CloudWatch judges a metric alarm: pure, from datapoints to a state.

The states follow the tables "How alarm state is evaluated when data is missing" of the CloudWatch user guide: real
datapoints of the evaluation range count first, and only what is missing of ``periods`` is filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ALARM = "ALARM"
OK = "OK"
INSUFFICIENT_DATA = "INSUFFICIENT_DATA"

# The range is longer than the periods evaluated; the tables of the user guide show 5 for 3.
EXTRA_PERIODS = 2

_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


@dataclass(frozen=True)
class AlarmRule:
    """What the alarm compares: ``needed`` of ``periods`` datapoints must breach. ``missing`` is TreatMissingData."""

    comparison: str
    threshold: float
    periods: int
    needed: int
    missing: str

    @property
    def known(self) -> bool:
        """Whether the comparison is one that is evaluated here (anomaly bands are not)."""
        return self.comparison in _COMPARISONS

    @property
    def evaluation_range(self) -> int:
        """How many periods are looked back at."""
        return self.periods + EXTRA_PERIODS

    def breaches(self, value: float) -> bool:
        """Whether one datapoint is beyond the threshold."""
        if self.comparison.startswith("Greater"):
            return value > self.threshold or (self._or_equal and value == self.threshold)
        return value < self.threshold or (self._or_equal and value == self.threshold)

    @property
    def _or_equal(self) -> bool:
        return "OrEqualTo" in self.comparison


def evaluate(rule: AlarmRule, values: Sequence[float | None], age: int) -> str | None:
    """Return the state, or None to keep the one there is.

    ``values`` has one element per period of the evaluation range, the newest first, None where there is no data.
    ``age`` is how many periods the alarm has existed: silence before its birth is not held against it.
    """
    real = [rule.breaches(value) for value in values if value is not None][: rule.periods]
    breaching = real.count(True)
    if breaching >= rule.needed:
        return ALARM
    if len(real) == rule.periods:
        return OK
    return _with_missing(rule, real, breaching, age)


def _with_missing(rule: AlarmRule, real: Sequence[bool], breaching: int, age: int) -> str | None:
    if rule.missing == "notBreaching":
        return OK
    if rule.missing == "breaching":
        return _filled(rule, len(real), breaching, age)
    if False in real:
        return OK
    if rule.missing == "ignore":
        return None
    return ALARM if real else INSUFFICIENT_DATA


def _filled(rule: AlarmRule, real: int, breaching: int, age: int) -> str | None:
    if age < rule.periods and not real:
        return None
    return ALARM if breaching + rule.periods - real >= rule.needed else OK


def reason(rule: AlarmRule, state: str, values: Sequence[float | None]) -> str:
    """Word the state change as CloudWatch does."""
    real = [value for value in values if value is not None][: rule.periods]
    if not real:
        return f"Insufficient Data: {rule.periods} datapoints were unknown, treated as [{rule.missing}]."
    shown = ", ".join(str(value) for value in real)
    verb = "were" if state == ALARM else "were not"
    return (
        f"Threshold Crossed: {len(real)} out of the last {rule.periods} datapoints [{shown}] {verb}"
        f" {_COMPARISONS[rule.comparison]} the threshold ({rule.threshold})."
    )
