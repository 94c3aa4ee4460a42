"""Metrics of this product: latch, probes, integrity, connections. One namespace, one permission."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import METRIC_NAMESPACE, ResourceNames
from stacks.grants.grant import Grant


def put(_: Plan, __: ResourceNames) -> list[Grant]:
    """Put metrics into our namespace."""
    return [
        Grant(
            ("cloudwatch:PutMetricData",),
            ("*",),
            "Amazon CloudWatch has no resource-level permission for this; the condition names our namespace",
            {"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        )
    ]
