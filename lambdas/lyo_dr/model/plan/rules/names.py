"""Names that become part of resource names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lyo_dr.model.plan import Plan


def identity(plan: Plan) -> Iterator[str]:
    """The name and account of the plan."""
    if not re.fullmatch(r"(?=.{2,12}$)[a-z][a-z0-9]*(-[a-z0-9]+)*", plan.name):
        yield f"name: {plan.name!r} becomes part of resource names; use 2 to 12 of a-z, 0-9 and single -"
    if not re.fullmatch(r"\d{12}", plan.account):
        yield f"account: {plan.account!r} is not an AWS account; write one 12-digit number in quotes"


def lists(plan: Plan) -> Iterator[str]:
    """Lists that must not be empty, and whose names must be unique."""
    for path, names in (
        ("databases", [d.name for d in plan.databases]),
        ("services", [s.name for s in plan.services]),
        ("endpoints", [e.name for e in plan.endpoints]),
        *((f"services[{i}].endpoints", [e.name for e in s.endpoints or []]) for i, s in enumerate(plan.services)),
    ):
        if not names and not path.endswith("endpoints"):
            yield f"{path}: empty; name at least one"
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{path}: the name {name!r} is used twice; give each its own"
        for name in names:
            if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", name):
                yield f"{path}: the name {name!r} becomes part of resource names; use up to 30 of a-z, 0-9 and -"
