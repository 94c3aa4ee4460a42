"""Facts and verdicts of a restore: what the data says of itself, and to which moment it goes back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from lyo_dr.model.delayed_replica import Replay
from lyo_dr.model.search import Bracket


class RestoreRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator asked for; without any of it the moment is found by evidence."""

    restore_to: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    latest: bool = False
    snapshot: str | None = None
    why: str = "an operator asked for it"
    """Who wants ``latest``, for the timeline."""

    @property
    def named(self) -> bool:
        """Whether it says to what the database goes back."""
        return self.latest or self.restore_to is not None or self.snapshot is not None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one integrity question. ``error`` is a class and SQLSTATE; then there is no value."""

    name: str
    value: float | None = None
    error: str | None = None


class MassChange(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction that wrote many rows of a table which are there now, or deleted many.

    ``at`` is its commit; with ``until`` it lies between the two.
    """

    table: str
    at: datetime
    rows: int
    of: int
    how: Literal["wrote", "deleted"] = "wrote"
    until: datetime | None = None


class DatabaseEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a database says of itself at ``at``, its own clock. ``error``: it did not answer."""

    database: str
    at: datetime | None = None
    lsn: str | None = None
    readings: list[Reading] = []
    changes: list[MassChange] = []
    error: str | None = None
    replay: Replay | None = None
    """Asked only of what was restored or promoted."""


class IntegrityCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the integrity questions as it is kept. One without faults is a baseline."""

    at: datetime
    lsn: str
    readings: list[Reading]
    faults: list[str]


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The moments RDS can restore an instance to; None is unknown."""

    earliest: datetime | None
    latest: datetime | None


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of an instance."""

    identifier: str
    status: str
    at: datetime | None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt restores: a moment, the latest there is, or a snapshot.

    ``at`` is the moment, when the snapshot was taken, or what the latest was when it was chosen.
    """

    kind: Literal["moment", "latest", "snapshot"]
    at: datetime | None = None
    snapshot: str | None = None

    def __str__(self) -> str:
        """In words."""
        if self.kind == "moment" and self.at is not None:
            return f"{self.at:%Y-%m-%d %H:%M:%S} UTC"
        if self.kind == "snapshot":
            return f"snapshot {self.snapshot}"
        known = f", {self.at:%Y-%m-%d %H:%M:%S} UTC" if self.at is not None else ""
        return f"the latest restorable moment{known}"


class RecoveryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a moment is chosen, which, and what says so. ``held``: it is, and a person has to say so."""

    status: Literal["chosen", "held", "refused"]
    sentence: str
    target: Target | None = None
    evidence: list[str] = []
    loss_seconds: float | None = None
    """The longest time of work the backup does not have; None where that is unknown or another question."""
    search: Bracket | None = None
    """What is searched before anything is restored; None when the moment is known as well as it can be."""


class WritesSet(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the application was let write, or kept from it, as asked; and how many sessions were ended."""

    done: bool
    reason: str
    ended: int = 0


class NewInstance(msgspec.Struct, frozen=True, kw_only=True):
    """How far the new instance is; the Choice states read ``status``."""

    status: Literal["ready", "pending", "broken"]
    sentence: str
    identifier: str
    host: str = ""
    port: int = 0
    wait_seconds: int = 1


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the restored data is good; ``again`` with another target."""

    status: Literal["good", "again", "broken"]
    sentence: str
    target: Target | None = None
