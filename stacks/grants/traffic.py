"""Switching traffic: the latch is one metric in one namespace, the record is one record in one zone."""

from __future__ import annotations

from lyo_dr.decisions.failover.traffic import default_kind
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import metrics
from stacks.grants.grant import Grant


def set_latch(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Put the latch's metric, where the plan switches traffic by it."""
    return metrics.put(plan, names) if plan.traffic.strategy == "latch" else []


def change_record(plan: Plan, _: ResourceNames) -> list[Grant]:
    """Read the zone, and UPSERT the record of the front door; nothing may be deleted. Only for strategy ``record``."""
    if plan.traffic.strategy != "record":
        return []
    zone = (f"arn:aws:route53:::hostedzone/{plan.traffic.hosted_zone}",)
    return [
        Grant(("route53:ListResourceRecordSets",), zone, "whether the record still has the expected content"),
        Grant(
            ("route53:ChangeResourceRecordSets",),
            zone,
            "the conditions restrict it to this name, records of addresses, and UPSERT",
            {
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": [plan.traffic.name.rstrip(".").lower()],
                    "route53:ChangeResourceRecordSetsRecordTypes": _kinds(plan),
                    "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
                }
            },
        ),
    ]


def _kinds(plan: Plan) -> list[str]:
    """Types of records that can lead to the plan's targets: a load balancer is reached by all three."""
    if any(target.load_balancer is not None for target in plan.traffic.targets.values()):
        return ["A", "AAAA", "CNAME"]
    return sorted({default_kind(target) for target in plan.traffic.targets.values()})


def describe_change(plan: Plan, _: ResourceNames) -> list[Grant]:
    """Read whether a change has reached all name servers."""
    if plan.traffic.strategy != "record":
        return []
    return [
        Grant(("route53:GetChange",), ("arn:aws:route53:::change/*",), "Amazon Route 53 chooses the ids of changes")
    ]
