"""The alarm of Route 53's checkers as EventBridge delivers it: for who has to deliver it once more."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from drills.world.world import World
from lyo_dr.model.resource_names import DETECTION_REGION


def alarm_event(world: World, region: str, moment: datetime, **changes: Any) -> dict[str, Any]:
    """The event of the alarm on ``region`` that went off at ``moment``."""
    names = world.names(region)
    return {
        "version": "0",
        "id": "11111111-1111-1111-1111-111111111111",
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "account": world.plan.account,
        "region": DETECTION_REGION,
        "time": moment.isoformat(),
        "resources": [names.endpoint_alarm_arn(region)],
        "detail": {
            "alarmName": names.endpoint_alarm(region),
            "state": {"value": "ALARM", "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S.%f+0000")},
            "previousState": {"value": "OK"},
        },
        **changes,
    }


def deliver(world: World, event: dict[str, Any], to: str) -> dict[str, Any]:
    """Hand an event to the function in front of the door of region ``to``, as the bus does."""
    function = world.names(to).function("incident_response", "receive")
    answer = world.client("lambda", to).invoke(FunctionName=function, Payload=json.dumps(event).encode())
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    return result


def deliver_copies(world: World, region: str, to: str, times: int) -> None:
    """The same alarm many times at once, each copy with its own id and time of delivery, and one an hour old."""
    moment = datetime.now(UTC)
    copies = [
        alarm_event(world, region, moment, id=f"copy-{number}", time=(moment + timedelta(minutes=number)).isoformat())
        for number in range(times)
    ]
    old = alarm_event(world, region, moment - timedelta(hours=1))
    with ThreadPoolExecutor(len(copies) + 1) as pool:
        list(pool.map(lambda event: deliver(world, event, to), [old, *copies]))
