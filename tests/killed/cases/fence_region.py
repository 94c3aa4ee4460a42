"""The case of ``fence_region``."""

from __future__ import annotations

from tests.killed.given import an_event
from tests.killed.harness import Case

_BOUNDED = "a fence has seconds: what fails within them is said, and veto and latch protect"

CASES = {
    "fence_services": Case(
        an_event,
        otherwise=dict.fromkeys(
            (
                "ecs:DescribeServices",
                "ecs:UpdateService",
                "application-autoscaling:DescribeScalableTargets",
                "application-autoscaling:RegisterScalableTarget",
                "dynamodb:PutItem",
            ),
            _BOUNDED,
        ),
    )
}
