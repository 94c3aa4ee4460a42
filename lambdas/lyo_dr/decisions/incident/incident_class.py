"""What an id stands for: commands on one incident are refused by it, each with a remedy of its own."""

from __future__ import annotations

from typing import Any, Literal

IncidentClass = Literal["failover", "restore", "breach", "rotation", "unknown"]


def class_of(incident: str, head: dict[str, Any] | None) -> IncidentClass:
    """By its id and its record; a rotation has no record of this kind, and a restore is worked on where it is."""
    if incident.startswith("rotation-"):
        return "rotation"
    if head is None:
        return "unknown"
    if head.get("breach"):
        return "breach"
    return "restore" if head.get("region") == head.get("lost_region") else "failover"
