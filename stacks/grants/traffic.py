"""Moving traffic: the latch is one metric in one namespace, the record is one record in one zone."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant
from stacks.grants.metrics import put_metrics


def move_by_latch(plan: Plan, names: ResourceNames) -> list[Grant]:
    """The latch, where the plan moves traffic by it."""
    return put_metrics(plan, names) if plan.traffic.strategy == "latch" else []


def change_record(plan: Plan, _: ResourceNames) -> list[Grant]:
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


def watch_change(plan: Plan, _: ResourceNames) -> list[Grant]:
    """See whether a change has reached all name servers."""
    if plan.traffic.strategy != "record":
        return []
    return [
        Grant(("route53:GetChange",), ("arn:aws:route53:::change/*",), "Amazon Route 53 chooses the ids of changes")
    ]
