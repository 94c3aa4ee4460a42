"""Moving traffic: the latch is one metric in one namespace, the record is one record in one zone."""

from __future__ import annotations

from lyo_dr.model.names import METRIC_NAMESPACE, Names
from lyo_dr.model.plan import Plan
from stacks.grants.grant import Grant


def put_latch(_: Plan, __: Names) -> list[Grant]:
    """Say which record is off."""
    return _put_metrics()


def put_looks(_: Plan, __: Names) -> list[Grant]:
    """Say what a look at the peer region found."""
    return _put_metrics()


def move_by_latch(plan: Plan, names: Names) -> list[Grant]:
    """The latch, where the plan moves traffic by it."""
    return put_latch(plan, names) if plan.traffic.strategy == "latch" else []


def change_record(plan: Plan, _: Names) -> list[Grant]:
    """Read the zone, and put the one front record in place; nothing may be deleted. Where the plan says so only."""
    if plan.traffic.strategy != "record":
        return []
    zone = (f"arn:aws:route53:::hostedzone/{plan.traffic.hosted_zone}",)
    return [
        Grant(("route53:ListResourceRecordSets",), zone, "does the record still say what is expected?"),
        Grant(
            ("route53:ChangeResourceRecordSets",),
            zone,
            "the conditions leave this name, address records, and putting in place",
            {
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": [plan.traffic.name.rstrip(".").lower()],
                    "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
                    "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
                }
            },
        ),
    ]


def watch_change(plan: Plan, _: Names) -> list[Grant]:
    """See whether a change has reached all name servers."""
    if plan.traffic.strategy != "record":
        return []
    return [
        Grant(("route53:GetChange",), ("arn:aws:route53:::change/*",), "Amazon Route 53 chooses the ids of changes")
    ]


def _put_metrics() -> list[Grant]:
    return [
        Grant(
            ("cloudwatch:PutMetricData",),
            ("*",),
            "Amazon CloudWatch offers no resource for putting metrics; the condition names our namespace",
            {"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        )
    ]
