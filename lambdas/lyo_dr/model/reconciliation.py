"""The ledger of a restore: rows that exist only in the damaged database, and which can be replayed. Counts and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

FoundBy = Literal["commit times", "written_at"]
"""How rows after the recovery point were found: by the server's commit timestamps, or by the plan's column."""

Class = Literal["replayable", "conflicting", "deleted", "damage", "unknown"]
"""``unknown``: nobody knows whether the damage wrote it, so it is given back only to who asks for that."""


class Where(msgspec.Struct, frozen=True):
    """Where a database is reached."""

    host: str
    port: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a row. ``at`` is its commit time, None if the server does not record it."""

    key: str
    text: str = ""
    """The whole row as the server's own text of it; in no log, no state and no message."""
    version: str = ""
    """The transaction that wrote it (``xmin``): a different one means that the row has changed."""
    at: datetime | None = None

    def __repr__(self) -> str:
        """Never the row itself."""
        return f"Row({self.key})"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Classification of one row of the damaged database; a line of the replay file, with the row if needed."""

    key: str
    what: Class
    change: Literal["insert", "update", "delete"]
    why: str = ""
    at: datetime | None = None
    version: str = ""
    row: str = ""
    """As the server wrote it, byte for byte."""

    def __repr__(self) -> str:
        """Never the row itself."""
        return f"Entry({self.key}, {self.what})"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one table in both databases. ``named`` are some keys a person has to decide on.

    ``samples`` are some keys of unknown rows, each with the reason. ``refused``: why the table was not compared at all.
    """

    table: str
    found_by: FoundBy
    in_damaged: int
    in_restored: int
    replayable: int = 0
    conflicting: int = 0
    deleted: int = 0
    damage: int = 0
    unknown: int = 0
    named: list[str] = []
    samples: list[str] = []
    refused: str = ""
    file: str = ""
    version: str = ""
    """The version of the file: what is replayed is what was shown."""


class ComparedDatabases(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses of both databases, and the start of the comparison; the Choice states read ``status``.

    ``gone``: the damaged one is dead and cannot be read.
    ``since``: rows committed earlier are the same in both. ``begun``: later commits in the restored database were made
    by the users it serves.
    """

    status: Literal["ready", "pending", "gone", "broken"]
    sentence: str
    damaged: Where = Where("", 0)
    restored: Where = Where("", 0)
    moment: datetime | None = None
    since: datetime | None = None
    begun: datetime | None = None
    tables: list[str] = []
    wait_seconds: int = 1


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one batch of a replay. ``offset`` is the start of the next one, in bytes of the file."""

    offset: int
    done: bool
    written: int = 0
    already: int = 0
    conflicting: int = 0
    refused: int = 0
    left: list[str] = []
    """Some keys of rows that were skipped although they should have been written."""
    why: str = ""
    """SQLSTATE of the last refusal, or why nothing was attempted."""
    stamped: list[str] = []
    """Columns that a trigger sets to the time of each write, and that read as the time of the replay."""
