"""Which calls the failover made, to which region and which plane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lyo_dr.model.names import DETECTION_REGION

_GLOBAL_CONTROL_PLANES = {"route53", "iam", "cloudfront"}
_FENCE_STEPS = {"FenceServices", "LiftFence"}


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


def figures(
    calls: Iterable[dict[str, Any]], steps: set[str], lost_region: str, since: float, until: float
) -> CallFigures:
    """Count the calls of ``steps``; fencing stands apart, since it alone may call the lost region."""
    mine = [call for call in calls if call["app"] in steps and since <= call["time"] <= until]
    fence = [call for call in mine if call["app"] in _FENCE_STEPS and call["region"] == lost_region]
    path = [call for call in mine if call not in fence]
    lost = [call for call in path if call["region"] == lost_region]
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
    )


def _is_us_east_1_control(call: dict[str, Any]) -> bool:
    """Route 53, IAM and CloudFront are changed through us-east-1 whatever region a client names."""
    return call["service"] in _GLOBAL_CONTROL_PLANES or call["region"] == DETECTION_REGION
