"""Which calls the failover made, to which region and which plane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lyo_dr.model.resource_names import DETECTION_REGION

_GLOBAL_CONTROL_PLANES = {"route53", "iam", "cloudfront"}
_FENCE_STEPS = {"FenceServices", "LiftFence"}
_DATA_PLANE = {
    "dynamodb": {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "TransactWriteItems"},
    "monitoring": {"PutMetricData"},
    "sns": {"Publish"},
    "secretsmanager": {"GetSecretValue"},
    "states": {"StartExecution"},
    "lambda": {"Invoke"},
    "events": {"PutEvents"},
    "s3": {"GetObject", "PutObject"},
}
"""What serves at run time. Everything else creates, changes or describes resources: a control plane."""


@dataclass(frozen=True)
class CallRow:
    """Calls of one step to one service in one region. ``failed``: an error status, or no answer at all."""

    step: str
    service: str
    region: str
    plane: str
    count: int
    failed: int


@dataclass(frozen=True)
class CallFigures:
    """Counts over the calls of the failover's own steps, from the fault to the recovery."""

    on_path: int
    to_lost_region: int
    to_us_east_1_control_plane: int
    fence_calls: int
    fence_seconds: float
    by_step: dict[str, int]
    offenders: tuple[str, ...]
    table: tuple[CallRow, ...]


def figures(
    calls: Iterable[dict[str, Any]], steps: set[str], lost_region: str, since: float, until: float
) -> CallFigures:
    """Count the calls of ``steps``; fencing stands apart, since it alone may call the lost region.

    Functions of the lost region itself may finish what they began before it was lost: their calls are not the
    recovery's.
    """
    mine = [
        call
        for call in calls
        if call["app"] in steps and since <= call["time"] <= until and not _made_by(call, lost_region)
    ]
    fence = [call for call in mine if call["app"] in _FENCE_STEPS and call["region"] == lost_region]
    path = [call for call in mine if call not in fence]
    lost = [call for call in path if lost_region and call["region"] == lost_region]
    control = [call for call in path if _is_us_east_1_control(call)]
    return CallFigures(
        on_path=len(path),
        to_lost_region=len(lost),
        to_us_east_1_control_plane=len(control),
        fence_calls=len(fence),
        fence_seconds=sum((call.get("ms") or 0.0) for call in fence) / 1000,
        by_step=dict(sorted(Counter(call["app"] for call in mine).items())),
        offenders=tuple(
            sorted({f"{c['app']} called {c['service']}:{c['op']} in {c['region']}" for c in lost + control})
        ),
        table=_table(mine),
    )


def plane(service: str, operation: str) -> str:
    """``data`` or ``control``; an operation that is not listed counts as control, the plane that may be unavailable."""
    return "data" if operation in _DATA_PLANE.get(service, ()) else "control"


def _table(calls: list[dict[str, Any]]) -> tuple[CallRow, ...]:
    rows: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for call in calls:
        key = (call["app"], call["service"], call["region"], plane(call["service"], call["op"]))
        rows.setdefault(key, []).append(call)
    return tuple(CallRow(*key, len(rows[key]), sum(_failed(call) for call in rows[key])) for key in sorted(rows))


def _made_by(call: dict[str, Any], region: str) -> bool:
    """Roles are global, so the region of its function is the end of the name of each."""
    return bool(region) and str(call.get("role", "")).endswith(f"-{region}")


def _failed(call: dict[str, Any]) -> bool:
    return not 200 <= call["status"] < 400


def _is_us_east_1_control(call: dict[str, Any]) -> bool:
    """Route 53, IAM and CloudFront are changed through us-east-1 whatever region a client names."""
    return call["service"] in _GLOBAL_CONTROL_PLANES or call["region"] == DETECTION_REGION
