"""Roles that would be too large: each resource of a plan is named in the policies of the steps that work on it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import Grant, grants_for
from stacks.grants.table import TABLE

_MOST = 10_240
"""Characters of all inline policies of a role, blanks not counted (IAM user guide, "IAM and AWS STS quotas")."""
_BESIDES = 900
"""What each role has besides: logs, tracing, the network interface, and the ARN of the region's key."""


def too_large(plan: Plan) -> Iterator[str]:
    """One sentence, about the largest role: a remedy for that one is a remedy for all."""
    sizes = {
        step: size(grants_for(plan, ResourceNames(plan, region), process, step)) + _BESIDES
        for region in plan.regions.pair
        for process, steps in TABLE.items()
        for step in steps
    }
    step = max(sizes, key=lambda name: sizes[name])
    if sizes[step] > _MOST:
        many = "databases" if len(plan.databases) >= len(plan.services) else "services"
        yield (
            f"{many}: the role of {step} would need some {sizes[step]:,} characters of policy for so many and such "
            f"long names, and IAM takes {_MOST:,}; split the plan in two"
        )


def size(grants: list[Grant]) -> int:
    """Characters of the policy, without blanks."""
    statements = [
        {"Action": each.actions, "Resource": each.resources, "Effect": each.effect, "Condition": each.conditions}
        for each in grants
    ]
    return len(json.dumps(statements, separators=(",", ":")))
