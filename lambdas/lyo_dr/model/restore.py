"""Facts and verdicts of a restore (point-in-time recovery): evidence, recovery point, progress."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from lyo_dr.model.delayed_replica import Replay
from lyo_dr.model.search import Bracket


class RestoreRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An operator's request; without one the recovery point is found by evidence."""

    restore_to: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    latest: bool = False
    snapshot: str | None = None
    why: str = "requested by an operator"
    """Reason for ``latest``, for the timeline."""

    @property
    def named(self) -> bool:
        """Whether the request names a recovery point."""
        return self.latest or self.restore_to is not None or self.snapshot is not None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one integrity query. ``error`` is an SQLSTATE or a few words; then there is no value."""

    name: str
    value: float | None = None
    error: str | None = None
    question: str = ""
    """Hash of the SQL that was asked; empty in runs recorded without one."""


class MassChange(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction that wrote many of a table's current rows, or deleted many.

    ``at`` is its commit time; with ``until`` it lies between the two.
    """

    table: str
    at: datetime
    rows: int
    of: int
    how: Literal["wrote", "deleted"] = "wrote"
    until: datetime | None = None


class DatabaseEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence read from a database at ``at``, by its own clock. ``error``: it did not respond."""

    database: str
    at: datetime | None = None
    lsn: str | None = None
    readings: list[Reading] = []
    changes: list[MassChange] = []
    unfit: list[str] = []
    """Why tables of the plan cannot be compared, by what the catalogue says; asked in the standing check only."""
    error: str | None = None
    replay: Replay | None = None
    """Queried only from restored or promoted instances."""


class IntegrityCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One stored run of the integrity queries. A run without faults is a baseline."""

    at: datetime
    lsn: str
    readings: list[Reading]
    faults: list[str]


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Restore window of an instance, as RDS reports it; None is unknown."""

    earliest: datetime | None
    latest: datetime | None


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of an instance."""

    identifier: str
    status: str
    at: datetime | None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Target of one attempt: a point in time, the latest restorable time, or a snapshot.

    ``at`` is that point in time, the time of the snapshot, or the latest restorable time when it was chosen.
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
        return f"the latest restorable time{known}"


class RecoveryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen recovery point and its evidence, or a refusal. ``held``: chosen, but approval is needed."""

    status: Literal["chosen", "held", "refused"]
    sentence: str
    target: Target | None = None
    evidence: list[str] = []
    loss_seconds: float | None = None
    """Upper bound of the work the backup does not hold; None if unknown or not applicable."""
    search: Bracket | None = None
    """Bracket to search before the restore; None if the recovery point is already as precise as possible."""


class WritesSet(msgspec.Struct, frozen=True, kw_only=True):
    """Result of enabling or revoking the application's write access, and how many sessions were terminated."""

    done: bool
    reason: str
    ended: int = 0


class NewInstance(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of the new instance; the Choice states read ``status``."""

    status: Literal["ready", "pending", "broken"]
    sentence: str
    identifier: str
    host: str = ""
    port: int = 0
    wait_seconds: int = 1
    available_at: datetime | None = None
    """When it was found ready; what is asked of it has its time from then on."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Evaluation of the restored data; ``pending``: not answered yet; ``again`` with the next target."""

    status: Literal["good", "pending", "again", "broken"]
    sentence: str
    target: Target | None = None
    wait_seconds: int = 1
