"""How long a retry waits.

Upstream ignores ``MaxDelaySeconds`` and ``JitterStrategy`` of a retrier. On AWS the delay never exceeds the maximum,
and full jitter draws it from 0 to the computed delay.
"""

import random
from collections.abc import Mapping
from typing import Any

from ministack.services import stepfunctions

from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.services.stepfunctions:_find_matching_retrier",)

_LONGEST_SECONDS = 31_622_400.0
_dice = random.SystemRandom()


def apply(_world: PatchContext) -> None:
    """Replace each retrier found by one whose delay is already computed."""
    find = stepfunctions._find_matching_retrier

    def find_with_delay(retriers: list[dict[str, Any]], error: str, counts: dict[int, int]) -> tuple[Any, int]:
        retrier, index = find(retriers, error, counts)
        if retrier is None:
            return retrier, index
        return {**retrier, "IntervalSeconds": delay(retrier, counts.get(index, 0)), "BackoffRate": 1.0}, index

    stepfunctions._find_matching_retrier = find_with_delay


def delay(retrier: Mapping[str, Any], attempts: int) -> float:
    """Return the seconds before the next attempt, after ``attempts`` retries."""
    grown = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** attempts
    limited = float(min(grown, retrier.get("MaxDelaySeconds", _LONGEST_SECONDS)))
    return _dice.uniform(0, limited) if retrier.get("JitterStrategy") == "FULL" else limited
