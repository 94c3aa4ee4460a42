"""What is known of a fence: by the region that is active, and by the one that was deposed."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Deposed(msgspec.Struct, frozen=True, kw_only=True):
    """The active region's view of its deposed peer. ``incident``: on whose timeline it is told.

    ``confirmed_at`` is None until the fence was seen to hold, ``counted_at`` until divergent rows were counted.
    """

    epoch: int
    incident: str
    sentence: str = "not looked at yet"
    confirmed_at: datetime | None = None
    by: str | None = None
    counted_at: datetime | None = None


class OwnFence(msgspec.Struct, frozen=True, kw_only=True):
    """What a deposed region says of itself. ``complete``: services at rest and every database closed to the app."""

    epoch: int
    complete: bool
    sentence: str


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """How stopping a region's services went. ``refused``: it answered, and said no.

    ``at_rest``: seen without any task, and without autoscaling that would start one; ``fenced``: told to be.
    """

    fenced: list[str]
    at_rest: list[str]
    failures: list[str]
    refused: bool = False

    @property
    def heard(self) -> bool:
        """Whether the region's API said anything."""
        return self.refused or bool(self.fenced)


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a database takes no more work of the app. ``ended`` sessions were closed by this look."""

    database: str
    closed: bool
    reason: str
    ended: int = 0


class RecentRows(msgspec.Struct, frozen=True):
    """Keys of rows written lately, newest first, as text. ``cut``: there were more than asked for."""

    keys: list[str]
    cut: bool = False
