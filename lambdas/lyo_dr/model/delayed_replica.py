"""Delayed replica: its state, and the results of holding, advancing and promoting it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

HELD = ("pause requested", "paused")
"""While replay waits for a commit's delay, its state is only ``pause requested``. The commit is not applied after the
delay, either: the pause is checked once more (PostgreSQL, xlogrecovery.c, and measured: docs/adr/0046)."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """Replay position of a server, as reported by itself. ``error``: it did not respond.

    ``replayed_to`` is the newest commit certainly contained: the last one replayed, or its newest heartbeat. After a
    restart a server knows only the latter.
    """

    at: datetime | None = None
    """By its own clock."""
    in_recovery: bool | None = None
    state: str = ""
    replayed_to: datetime | None = None
    delay_seconds: float | None = None
    said: str = ""
    error: str | None = None

    @property
    def held(self) -> bool:
        """Whether replay is paused until it is resumed explicitly."""
        return self.state in HELD


class Delayed(msgspec.Struct, frozen=True, kw_only=True):
    """The delayed replica as described by RDS and by itself. ``missing``: there is no instance of this name."""

    identifier: str
    missing: bool = False
    status: str = ""
    source: str | None = None
    own_group: bool = False
    """Whether its parameter group has its name and so is not shared."""
    replay: Replay = Replay()


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """Resume replay for ``seconds`` at most, while a delay of ``delay_ms`` keeps commits after ``until`` out."""

    until: datetime
    delay_ms: int
    seconds: float


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Whether replay of the delayed replica was paused; ``none`` is not a failure."""

    status: Literal["held", "none"]
    sentence: str


class AdvanceResult(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of advancing a delayed replica to the recovery point; the Choice states read ``status``."""

    status: Literal["ready", "pending", "broken"]
    sentence: str
    wait_seconds: int = 1


class DelayedReplicaChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Recovery method: promote the delayed replica, which holds the data as of ``at``, or restore."""

    status: Literal["promote", "restore"]
    sentence: str
    at: datetime | None = None
