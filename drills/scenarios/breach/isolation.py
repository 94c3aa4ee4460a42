"""A breach whose plan isolates a security group: the rules before, meanwhile, and after a person has lifted it.

The local AWS has no VPC, so no packet is stopped: the drill shows the rules, which EC2 enforces, under the role of the
step, and that users of other groups notice nothing.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from drills.engine import operators
from drills.engine.context import DrillContext
from drills.scenarios.breach import breach, findings
from lyo_dr.model.plan import Breach, Plan

GROUP = "sg-00000001"
"""The default security group of the default VPC of the local AWS, where the host of the customer's reports stands.

The plan is written before the world exists, so the drill takes a group whose id is known then.
"""
_DATABASE = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "172.31.0.0/16"}]}
_CACHE = {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [{"GroupId": GROUP}]}
_DIRECTIONS = {"in": "IpPermissions", "out": "IpPermissionsEgress"}


def isolating(plan: Plan) -> Plan:
    """Isolate one group in the primary, and answer a severe finding without asking."""
    settings = plan.breach or Breach(contacts=[])
    settings = msgspec.structs.replace(settings, isolate={plan.regions.primary: [GROUP]})
    policy = msgspec.structs.replace(plan.policy, breach="automatic")
    return msgspec.structs.replace(plan, breach=settings, policy=policy)


def prepare(ctx: DrillContext) -> None:
    """A group that lets in hosts of the VPC and members of a group, and everything out."""
    breach.prepare(ctx)
    ec2 = ctx.world.client("ec2", ctx.primary)
    ec2.authorize_security_group_ingress(GroupId=GROUP, IpPermissions=[_DATABASE, _CACHE])
    ctx.notes["rules before"] = _rules(ctx)


def lift(ctx: DrillContext) -> None:
    """Look at the group when the incident has ended; then a person lifts the containment by the command line."""
    breach.follow_rotation(ctx)
    ctx.notes["rules while isolated"] = _rules(ctx)
    said = operators.lyo_dr(ctx, "breach", "lift", ctx.incident_id or "", "--why", "the host was made anew")
    ctx.notes["lifted"] = said.code
    ctx.notes["rules are back"] = _rules(ctx) == ctx.notes["rules before"]


def collect(ctx: DrillContext) -> dict[str, Any]:
    """The findings of a breach, and the rules of the group as they were told."""
    return {**findings.collect_rotated(ctx), "rules while isolated": str(ctx.notes["rules while isolated"])}


def _rules(ctx: DrillContext) -> list[str]:
    """Each rule as text, in one order: EC2 tells them in none."""
    found = ctx.world.client("ec2", ctx.primary).describe_security_groups(GroupIds=[GROUP])["SecurityGroups"][0]
    rules = []
    for direction, member in _DIRECTIONS.items():
        for rule in found.get(member, []):
            told = {name: value for name, value in rule.items() if value != []}
            rules.append(f"{direction} {json.dumps(told, sort_keys=True)}")
    return sorted(rules)
