"""Which steps stand on the way of a failover: read from the state machines themselves."""

from __future__ import annotations

import re
from pathlib import Path

_MACHINES = Path(__file__).resolve().parents[2] / "state_machines"
_AFTERWARDS = {
    *("protect_database", "protect_restored", "compare_damaged", "replay_rows"),
    *("secret_rotation", "breach_response", "preserve_breach"),
}
"""Machines that run after the traffic has moved, or never beside a failover; they are not on the path."""


def path_steps() -> set[str]:
    """Names of all steps of all machines that run before users are served again, and of the door in front."""
    found = {"Receive"}
    for path in _MACHINES.glob("*.asl.json"):
        if path.name.removesuffix(".asl.json") not in _AFTERWARDS:
            found |= set(re.findall(r'"\$\{(\w+?)\}"', path.read_text(encoding="utf-8")))
    return {name for name in found if not name.endswith("Machine")}
