"""The static parameters of a group that are carried over to real servers; by default they are as RDS has them.

A static parameter is in force from the creation or the next restart on (RDS user guide, "DB parameter groups"). Nobody
can change the default group, so an instance without one of its own has the defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATIC = {"track_commit_timestamp": "0"}
"""By name, with what PostgreSQL and RDS have by default."""


def static_of(groups: Mapping[str, Any], name: str | None) -> dict[str, str]:
    """Return the static parameters of an instance with this group; ``groups`` are moto's, by name."""
    group = groups.get(name or "")
    chosen = {} if group is None else group.parameters
    return {
        parameter: str(chosen.get(parameter, {}).get("ParameterValue") or default)
        for parameter, default in STATIC.items()
    }
