"""Metrics of this product: the latch, what a look found, integrity, connections. One namespace, one permission."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import METRIC_NAMESPACE, ResourceNames
from stacks.grants.grant import Grant


def put_metrics(_: Plan, __: ResourceNames) -> list[Grant]:
    """Say something in our namespace."""
    return [
        Grant(
            ("cloudwatch:PutMetricData",),
            ("*",),
            "Amazon CloudWatch offers no resource for putting metrics; the condition names our namespace",
            {"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        )
    ]
