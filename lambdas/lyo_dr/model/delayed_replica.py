"""A replica that replays what is committed later than others: what is known of it, and what is done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

HELD = ("pause requested", "paused")
"""While a commit is waited for, replay is only ``pause requested`` until its delay is over; it is not applied then,
either: the pause is looked at once more after the delay (PostgreSQL, xlogrecovery.c, and measured: docs/adr/0046)."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """How far a server has replayed the log of its source, by its own word. ``error``: it did not answer.

    ``replayed_to`` is the newest commit that is surely in it: the last one replayed, or its newest heartbeat. A server
    that was started again since knows only the latter.
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
        """Whether no commit is replayed any more until somebody lets it go on."""
        return self.state in HELD


class Delayed(msgspec.Struct, frozen=True, kw_only=True):
    """The delayed replica as RDS tells it and as it says itself. ``missing``: there is none of this name."""

    identifier: str
    missing: bool = False
    status: str = ""
    source: str | None = None
    own_group: bool = False
    """Whether its parameter group has its name, and so is its own."""
    replay: Replay = Replay()


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """Replay goes on for ``seconds`` at most, while a delay of ``delay_ms`` keeps commits after ``until`` out."""

    until: datetime
    delay_ms: int
    seconds: float


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a delayed replica was told to replay no further; ``none`` is no failure."""

    status: Literal["held", "none"]
    sentence: str


class AdvanceResult(msgspec.Struct, frozen=True, kw_only=True):
    """How far a delayed replica is on its way to the moment before the damage; the Choice states read ``status``."""

    status: Literal["ready", "pending", "broken"]
    sentence: str
    wait_seconds: int = 1


class DelayedReplicaChoice(msgspec.Struct, frozen=True, kw_only=True):
    """How the data comes back: by the delayed replica, which holds it as it was at ``at``, or by a restore."""

    status: Literal["promote", "restore"]
    sentence: str
    at: datetime | None = None
