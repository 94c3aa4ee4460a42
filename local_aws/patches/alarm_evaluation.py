"""Alarms judged as CloudWatch judges them, on the local AWS's clock.

Upstream pools every dimension of a metric into one window, ignores EvaluationPeriods, DatapointsToAlarm and
TreatMissingData, and looks only when data arrives, so that silence never alarms. Here each alarm is judged on its own
metric, period by period, also when nothing arrives. Periods are divided by the clock factor. Assumed, because AWS does
not document it: an alarm that treats silence as breaching waits its own periods after it was created.
"""

import json
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from local_aws.cloudwatch import alarms
from local_aws.cloudwatch.alarms import AlarmRule
from local_aws.patch_context import PatchContext

REQUIRES = tuple(
    f"ministack.services.cloudwatch:{name}"
    for name in (
        "_evaluate_alarm",
        "_alarms",
        "_metrics",
        "_dims_key",
        "_dims_from_list",
        "_calc_stats",
        "_stat_value",
        "_record_history",
        "_dispatch_alarm_actions",
        "_evaluate_parent_alarms",
        "logger",
    )
)

_LOOK_EVERY_SECONDS = 0.25


class Evaluator:
    """Judges alarms. Safe to use from the event loop and the clock's thread at once."""

    def __init__(self, context: PatchContext) -> None:
        self._context = context
        self._births: dict[tuple[str, Any], float] = {}
        self._lock = threading.Lock()

    def evaluate(self, alarm: dict[str, Any]) -> None:
        """Judge one alarm of the region in scope and tell everybody when its state changes."""
        rule = _rule(alarm)
        if not rule.known or not alarm.get("MetricName"):
            return
        with self._lock:
            now = time.time()
            period = float(alarm.get("Period") or 60) / self._context.settings.clock
            values = _values(alarm, now, period, rule.evaluation_range)
            new = alarms.evaluate(rule, values, self._age(alarm, now, period))
            old = alarm["StateValue"]
            if new is None or new == old:
                return
            why = alarms.reason(rule, new, values)
            data = _reason_data(alarm, rule, values, now)
            alarm.update(StateValue=new, StateReason=why, StateReasonData=data, StateUpdatedTimestamp=int(now))
        cloudwatch._record_history(alarm["AlarmName"], old, new, why, reason_data=json.loads(data))
        cloudwatch._dispatch_alarm_actions(alarm, old, new, why)
        cloudwatch._evaluate_parent_alarms(alarm)

    def tick(self) -> None:
        """Judge every alarm of every region that is alive."""
        for (account, region, _name), alarm in list(cloudwatch._alarms._data.items()):
            if self._context.faults.is_dead(region):
                continue
            with request_scope(account, region):
                try:
                    self.evaluate(alarm)
                except Exception:
                    # One alarm that cannot be judged must not silence all the others.
                    cloudwatch.logger.exception("alarm %s could not be evaluated", alarm.get("AlarmName"))

    def run(self) -> None:
        """Look for ever; meant for a daemon thread."""
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            self.tick()

    def _age(self, alarm: dict[str, Any], now: float, period: float) -> int:
        key = (alarm["AlarmArn"], alarm.get("AlarmConfigurationUpdatedTimestamp"))
        return int((now - self._births.setdefault(key, now)) / period)


def apply(context: PatchContext) -> None:
    """Replace the evaluation and start the clock."""
    evaluator = Evaluator(context)
    cloudwatch._evaluate_alarm = evaluator.evaluate
    threading.Thread(target=evaluator.run, daemon=True, name="alarm-clock").start()


def _rule(alarm: dict[str, Any]) -> AlarmRule:
    periods = int(alarm.get("EvaluationPeriods") or 1)
    return AlarmRule(
        comparison=str(alarm.get("ComparisonOperator")),
        threshold=float(alarm.get("Threshold") or 0),
        periods=periods,
        needed=int(alarm.get("DatapointsToAlarm") or periods),
        missing=str(alarm.get("TreatMissingData") or "missing"),
    )


def _values(alarm: dict[str, Any], now: float, period: float, count: int) -> list[float | None]:
    key = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    points = cloudwatch._metrics.get((alarm.get("Namespace"), alarm["MetricName"], key)) or []
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
    windows = [
        [point for point in points if now - (index + 1) * period < point["Timestamp"] <= now - index * period]
        for index in range(count)
    ]
    return [_statistic(window, statistic) for window in windows]


def _statistic(points: list[dict[str, Any]], name: str) -> float | None:
    if not points:
        return None
    value = cloudwatch._stat_value(cloudwatch._calc_stats(points), name, points)
    return None if value is None else float(value)


def _reason_data(alarm: dict[str, Any], rule: AlarmRule, values: Sequence[float | None], now: float) -> str:
    queried = datetime.fromtimestamp(now, UTC)
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": f"{queried:%Y-%m-%dT%H:%M:%S}.{queried.microsecond // 1000:03d}+0000",
            "statistic": alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average"),
            "period": int(alarm.get("Period") or 60),
            "recentDatapoints": [value for value in values if value is not None][: rule.periods],
            "threshold": rule.threshold,
        }
    )
