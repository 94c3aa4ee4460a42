"""Facts and verdicts of a search for the recovery point with temporary restores."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec


class Bracket(msgspec.Struct, frozen=True, kw_only=True):
    """The damage happened after ``good`` and no later than ``bad``; ``changed`` lists the deviations at ``bad``."""

    good: datetime
    bad: datetime
    changed: list[str] = []

    @property
    def seconds(self) -> float:
        """Width of the bracket."""
        return (self.bad - self.good).total_seconds()


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One temporary restore to a whole second; its number is unique within the incident."""

    number: int
    at: datetime


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """Recorded state of a temporary restore. ``lost``: it failed. ``ended``: when it was deleted."""

    probe: Probe
    instance: str
    begun: datetime
    result: Literal["pending", "good", "damaged", "lost"] = "pending"
    faults: list[str] = []
    ended: datetime | None = None


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """Restores of the next round, made in parallel; ``done`` if there are none."""

    status: Literal["probe", "done"]
    sentence: str
    probes: list[Probe] = []


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The recovery point found, the instance that proves it (None: the last good run), and the evidence."""

    at: datetime
    instance: str | None
    sentence: str
    evidence: list[str]
    restores: int
