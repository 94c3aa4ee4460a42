"""The latch: one metric in one namespace."""

from __future__ import annotations

from lyo_dr.model.names import METRIC_NAMESPACE, Names
from lyo_dr.model.plan import Plan
from stacks.grants.grant import Grant


def put_latch(_: Plan, __: Names) -> list[Grant]:
    """Say which record is off."""
    return [
        Grant(
            ("cloudwatch:PutMetricData",),
            ("*",),
            "Amazon CloudWatch offers no resource for putting metrics; the condition names our namespace",
            {"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        )
    ]
