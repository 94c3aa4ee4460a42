"""What the metric stream behind an alarm says, as Route 53 reads it: the data, never the alarm's state."""

import math
import operator
from collections.abc import Callable, Iterable, Sequence

from local_aws.route53.model import Alarm, Point, Stream

LOOK_BACK = 2
"""Earlier periods that may stand in for missing ones: CloudWatch's evaluation range is longer as well."""

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}


def judge(alarm: Alarm, points: Iterable[Point], now: float, clock: float = 1.0) -> Stream:
    """Judge the stream at ``now`` with periods that run ``clock`` times faster.

    Only whole, finished periods count, newest first. Periods without data are passed over as long as the
    evaluation range holds enough others; when it does not, the alarm's own treatment of missing data decides, by
    the tables "How alarm state is evaluated when data is missing" of the CloudWatch user guide.
    Extended statistics, metric math and M-of-N are not supported by Route 53: insufficient data.
    """
    if alarm.comparison not in _COMPARE or alarm.datapoints_to_alarm not in (None, alarm.evaluation_periods):
        return Stream.INSUFFICIENT
    values = _recent_values(alarm, points, now, alarm.period / clock)
    breaching = [_COMPARE[alarm.comparison](value, alarm.threshold) for value in values]
    return _verdict(breaching, alarm)


def _verdict(breaching: Sequence[bool], alarm: Alarm) -> Stream:
    missing = alarm.evaluation_periods - len(breaching)
    if missing and alarm.treat_missing == "notBreaching":
        return Stream.OK
    if not all(breaching):
        return Stream.OK
    if missing and alarm.treat_missing == "ignore":
        return Stream.UNDECIDED
    return Stream.ALARM if breaching or alarm.treat_missing == "breaching" else Stream.INSUFFICIENT


def _recent_values(alarm: Alarm, points: Iterable[Point], now: float, period: float) -> list[float]:
    """Statistic per finished period that has data, newest first, at most as many as the alarm evaluates."""
    newest = math.floor(now / period) - 1
    oldest = newest - alarm.evaluation_periods - LOOK_BACK + 1
    windows: dict[int, list[Point]] = {}
    for point in points:
        window = math.floor(point.at / period)
        if oldest <= window <= newest:
            windows.setdefault(window, []).append(point)
    values = (statistic(alarm.statistic, windows[index]) for index in sorted(windows, reverse=True))
    return [value for value in values if value is not None][: alarm.evaluation_periods]


def statistic(name: str, points: Sequence[Point]) -> float | None:
    """Return Average, Sum, Minimum, Maximum or SampleCount of the points; None for anything else."""
    count = sum(point.count for point in points)
    if count <= 0:
        return None
    total = sum(point.total for point in points)
    return {
        "Average": total / count,
        "Sum": total,
        "SampleCount": count,
        "Minimum": min(point.minimum for point in points),
        "Maximum": max(point.maximum for point in points),
    }.get(name)
