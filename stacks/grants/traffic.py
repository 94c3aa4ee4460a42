"""Switching traffic: the latch is one metric in one namespace, each record is one name in one zone."""

from __future__ import annotations

from lyo_dr.decisions.failover.front_names import by_latch
from lyo_dr.decisions.failover.traffic import default_kind
from lyo_dr.model.plan import Plan, Traffic
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import metrics
from stacks.grants.grant import Grant


def set_latch(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Put the latch's metric, where the plan switches traffic by it."""
    return metrics.put(plan, names) if by_latch(plan) else []


def change_record(plan: Plan, _: ResourceNames) -> list[Grant]:
    """Read the zones, and UPSERT the record of each name with strategy ``record``; nothing may be deleted.

    A statement for each name: one for all would let each of them have the types of the others.
    """
    fronts = _by_record(plan)
    if not fronts:
        return []
    zones = tuple(dict.fromkeys(_zone(front) for front in fronts))
    return [
        Grant(("route53:ListResourceRecordSets",), zones, "whether the record still has the expected content"),
        *(_change(front) for front in fronts),
    ]


def _change(front: Traffic) -> Grant:
    return Grant(
        ("route53:ChangeResourceRecordSets",),
        (_zone(front),),
        "the conditions restrict it to this name, records of addresses, and UPSERT",
        {
            "ForAllValues:StringEquals": {
                "route53:ChangeResourceRecordSetsNormalizedRecordNames": [front.name.rstrip(".").lower()],
                "route53:ChangeResourceRecordSetsRecordTypes": _kinds(front),
                "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
            }
        },
    )


def _by_record(plan: Plan) -> list[Traffic]:
    return [front for front in plan.fronts() if front.strategy == "record"]


def _zone(front: Traffic) -> str:
    return f"arn:aws:route53:::hostedzone/{front.hosted_zone}"


def _kinds(front: Traffic) -> list[str]:
    """Types of records that can lead to the name's targets: a load balancer is reached by all three."""
    if any(target.load_balancer is not None for target in front.targets.values()):
        return ["A", "AAAA", "CNAME"]
    return sorted({default_kind(target) for target in front.targets.values()})


def describe_change(plan: Plan, _: ResourceNames) -> list[Grant]:
    """Read whether a change has reached all name servers."""
    if not _by_record(plan):
        return []
    return [
        Grant(("route53:GetChange",), ("arn:aws:route53:::change/*",), "Amazon Route 53 chooses the ids of changes")
    ]
