"""What a restore brought back, in figures. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from drills.results.record import Recorded


def moment(recorded: Recorded) -> float | None:
    """The moment the data was restored to at last (epoch seconds); None when nothing was restored."""
    matches = [re.search(r"is restored to (\S+ \S+) UTC", line.sentence) for line in recorded.timeline]
    found = [match.group(1) for match in matches if match]
    return datetime.fromisoformat(f"{found[-1]}+00:00").timestamp() if found else None


def figures(recorded: Recorded) -> dict[str, Any] | None:
    """By how much the moment was missed, what it took, and what the scenario counted; None without a restore."""
    at = moment(recorded)
    if at is None:
        return None
    made = [
        call for call in recorded.calls if call["op"].startswith("RestoreDBInstance") and 200 <= call["status"] < 300
    ]
    return {
        "moment_before_damage_seconds": round(recorded.fault_at - at, 3),
        "restores_called": len([call for call in made if call["time"] >= recorded.fault_at]),
        **{name.replace(" ", "_"): value for name, value in recorded.found.items() if "row" in name or "them" in name},
    }
