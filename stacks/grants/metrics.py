"""Metrics of this product: the latch, what a look found, integrity, connections. One namespace, one permission."""

from __future__ import annotations

from lyo_dr.model.names import METRIC_NAMESPACE, Names
from lyo_dr.model.plan import Plan
from stacks.grants.grant import Grant


def put_metrics(_: Plan, __: Names) -> list[Grant]:
    """Say something in our namespace."""
    return [
        Grant(
            ("cloudwatch:PutMetricData",),
            ("*",),
            "Amazon CloudWatch offers no resource for putting metrics; the condition names our namespace",
            {"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        )
    ]
