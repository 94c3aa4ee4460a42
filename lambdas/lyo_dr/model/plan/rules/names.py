"""Names that must be unique."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.shape.twice import twice


def lists(plan: Plan) -> Iterator[str]:
    """Lists whose names must be unique."""
    for path, names in (
        ("databases", [d.name for d in plan.databases]),
        ("services", [s.name for s in plan.services]),
        ("endpoints", [e.name for e in plan.endpoints]),
        *((f"services[{i}].endpoints", [e.name for e in s.endpoints or []]) for i, s in enumerate(plan.services)),
        ("secrets", [s.name for s in plan.secrets]),
    ):
        for name in twice(names):
            yield f"{path}: the name {name!r} is used twice; give each its own"
