"""A permission as data: actions, resources, and the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames

REGION_KEY = "the region's key"
"""Stands for the ARN of the region's key: AWS chooses it, so the names cannot compute it."""


@dataclass(frozen=True)
class Grant:
    """One statement of a role. ``why`` is for the reader, and explains a wildcard where there is one."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    why: str
    conditions: dict[str, dict[str, Any]] = field(default_factory=dict)
    effect: Literal["Allow", "Deny"] = "Allow"

    def wildcards(self) -> list[str]:
        """The resources that name more than one thing, or everything."""
        return [resource for resource in self.resources if "*" in resource]


Part = Callable[[Plan, ResourceNames], list[Grant]]
"""What several steps have in common; the table in ``table.py`` gives each step its parts."""
