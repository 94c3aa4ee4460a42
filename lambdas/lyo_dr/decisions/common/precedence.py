"""Precedence: one order of all work that changes the system. The higher one takes the lease from the lower one."""

from __future__ import annotations

from typing import get_args

from lyo_dr.model.incident import WorkKind

ORDER: tuple[WorkKind, ...] = get_args(WorkKind)
"""The most urgent first. Containment of a breach is not in it: it takes no lease and waits for nothing."""

NAMES: dict[WorkKind, str] = {
    "region_loss": "the loss of a region",
    "evacuation": "an evacuation",
    "restore": "a restore",
    "rotation": "a rotation",
    "planned_move": "a planned move",
    "repair": "a repair",
    "re_protection": "a re-protection",
    "exercise": "an exercise",
}

COSTLY: tuple[WorkKind, ...] = ("evacuation", "restore")
"""Work whose interruption leaves services stopped. It gives way to observations only, never to an alarm alone: a
restore stops the application itself, which looks from outside as if the region were down."""


def precedes(kind: WorkKind, other: WorkKind) -> bool:
    """Whether ``kind`` takes the lease from ``other``. Equals do not: the later one waits or is recorded."""
    return ORDER.index(kind) < ORDER.index(other)


def reason(kind: WorkKind, other: WorkKind) -> str:
    """Why ``kind`` has taken over, as a part of a sentence."""
    return f"{NAMES[kind]} takes precedence over {NAMES[other]}"
