"""What a restore brought back, in figures. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from drills.results.record import Recorded

_TARGET = re.compile(
    r"is restored to ((?:the latest restorable time, )?\d{4}-\d\d-\d\d \d\d:\d\d:\S+ UTC|snapshot [^\s,]+)"
)


def moment(recorded: Recorded) -> float | None:
    """The moment the data was restored to at last (epoch seconds); None when nothing was restored."""
    found = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\S+) UTC$", target(recorded))
    return datetime.fromisoformat(f"{found.group(1)}+00:00").timestamp() if found else None


def target(recorded: Recorded) -> str:
    """What the data was restored to at last, as it was told: a moment, or a snapshot; empty when nothing was."""
    matches = [_TARGET.search(line.sentence) for line in recorded.timeline]
    found = [match.group(1) for match in matches if match]
    return found[-1] if found else ""


def figures(recorded: Recorded) -> dict[str, Any] | None:
    """By how much the moment was missed, what it took, and what the scenario counted; None without a restore."""
    at, told = moment(recorded), target(recorded)
    if not told:
        return None
    made = [
        call for call in recorded.calls if call["op"].startswith("RestoreDBInstance") and 200 <= call["status"] < 300
    ]
    counted = {name: value for name, value in recorded.found.items() if "row" in name or "them" in name}
    return {
        "target": told,
        "recovery_point": None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
        "moment_before_damage_seconds": None if at is None else round(recorded.fault_at - at, 3),
        "restores_called": len([call for call in made if call["time"] >= recorded.fault_at]),
        "counted": {name.replace(" ", "_"): _number(value) for name, value in counted.items()},
    }


_REPLAY = re.compile(r" is done: (\d+) rows? written, (\d+) already present, (\d+) skipped, (\d+) refused")


def ledger(recorded: Recorded) -> dict[str, Any] | None:
    """Rows of the ledger by kind, and how many each replay wrote; None where nothing was compared."""
    counted = recorded.notes.get("ledger")
    if not counted:
        return None
    done = [_REPLAY.search(line.sentence) for line in recorded.timeline if line.step == "ConcludeReplay"]
    names = ("written", "already_present", "skipped", "refused")
    replays = [dict(zip(names, map(int, found.groups()), strict=True)) for found in done if found]
    return {**counted, "replays": replays}


def _number(value: Any) -> Any:
    """A count that was read as text is a number; any other finding stays what it is."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value
