"""State of a fence: as seen by the active region, and as reported by the deposed one."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Deposed(msgspec.Struct, frozen=True, kw_only=True):
    """The active region's view of its deposed peer. ``incident``: whose timeline records it.

    ``confirmed_at`` is None until the fence is verified, ``counted_at`` until divergent rows were counted.
    """

    epoch: int
    incident: str
    sentence: str = "not checked yet"
    confirmed_at: datetime | None = None
    by: str | None = None
    counted_at: datetime | None = None


class OwnFence(msgspec.Struct, frozen=True, kw_only=True):
    """Self-report of a deposed region. ``complete``: services at zero and every database closed to the app."""

    epoch: int
    complete: bool
    sentence: str


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """Result of stopping a region's services. ``refused``: its API responded with an error.

    ``at_rest``: observed without tasks and without autoscaling that would start one; ``fenced``: set to zero.
    """

    fenced: list[str]
    at_rest: list[str]
    failures: list[str]
    refused: bool = False

    @property
    def heard(self) -> bool:
        """Whether the region's API responded at all."""
        return self.refused or bool(self.fenced)


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a database is closed to the app. ``ended`` is the number of sessions closed by this check."""

    database: str
    closed: bool
    reason: str
    ended: int = 0


class RecentRows(msgspec.Struct, frozen=True):
    """Keys of recently written rows, newest first, as text. ``cut``: there were more than the limit."""

    keys: list[str]
    cut: bool = False
