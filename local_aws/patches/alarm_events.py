"""Alarm state changes as events.

Upstream notifies SNS alone when an alarm changes its state. AWS also puts a ``CloudWatch Alarm State Change`` on the
default bus of the alarm's region, with both states, their reasons and times, and the alarm's configuration.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.services import cloudwatch, eventbridge

from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.services.cloudwatch:_dispatch_alarm_actions", "ministack.services.eventbridge:_put_events")

State = dict[str, Any]

_states: dict[str, State] = {}


def apply(_world: PatchContext) -> None:
    """Send the event before the alarm's actions, whether or not those are enabled."""
    act = cloudwatch._dispatch_alarm_actions

    def act_and_tell(alarm: dict[str, Any], old: str, new: str, reason: str) -> Any:
        arn = alarm.get("AlarmArn", "")
        previous = _states.get(arn) or {"value": old}
        _states[arn] = state = _state(alarm, new, reason)
        entry = {
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Resources": [arn],
            "Detail": json.dumps(detail(alarm, {**previous, "value": old}, state)),
        }
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
        return act(alarm, old, new, reason)

    cloudwatch._dispatch_alarm_actions = act_and_tell


def detail(alarm: Mapping[str, Any], previous: State, state: State) -> dict[str, Any]:
    """Return the detail of the event AWS sends for this transition."""
    configuration: dict[str, Any] = {}
    if alarm.get("AlarmDescription"):
        configuration["description"] = alarm["AlarmDescription"]
    if "AlarmRule" in alarm:
        configuration["alarmRule"] = alarm["AlarmRule"]
    else:
        configuration["metrics"] = [_metric(alarm)]
    return {
        "alarmName": alarm["AlarmName"],
        "state": state,
        "previousState": previous,
        "configuration": configuration,
    }


def _state(alarm: Mapping[str, Any], value: str, reason: str) -> State:
    now = datetime.now(UTC)
    state = {
        "value": value,
        "reason": reason,
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}+0000",
    }
    if alarm.get("StateReasonData"):
        state["reasonData"] = alarm["StateReasonData"]
    return state


def _metric(alarm: Mapping[str, Any]) -> dict[str, Any]:
    dimensions = {pair["Name"]: pair["Value"] for pair in alarm.get("Dimensions") or []}
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(alarm.get("AlarmArn", "")))),
        "metricStat": {
            "metric": {
                "namespace": alarm.get("Namespace"),
                "name": alarm.get("MetricName"),
                "dimensions": dimensions,
            },
            "period": int(alarm.get("Period") or 60),
            "stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average"),
        },
        "returnData": True,
    }
