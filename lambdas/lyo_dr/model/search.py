"""Facts and verdicts of a search: throw-away restores that say when the data was still good."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec


class Bracket(msgspec.Struct, frozen=True, kw_only=True):
    """The damage was done after ``good`` and no later than ``bad``; ``changed`` says what the bad look deviates in."""

    good: datetime
    bad: datetime
    changed: list[str] = []

    @property
    def seconds(self) -> float:
        """How wide it is."""
        return (self.bad - self.good).total_seconds()


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One throw-away restore, to a whole second; its number is its own within the incident."""

    number: int
    at: datetime


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """A throw-away restore as it is on record. ``lost``: it came to nothing. ``ended``: when it was deleted."""

    probe: Probe
    instance: str
    begun: datetime
    result: Literal["pending", "good", "damaged", "lost"] = "pending"
    faults: list[str] = []
    ended: datetime | None = None


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What is restored next, all at once; ``done`` when nothing more is."""

    status: Literal["probe", "done"]
    sentence: str
    probes: list[Probe] = []


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The last moment known to be good, the instance that shows it (None: the last good run), and what says so."""

    at: datetime
    instance: str | None
    sentence: str
    evidence: list[str]
    restores: int
