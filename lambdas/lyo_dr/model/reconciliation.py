"""The ledger of a restore: what is in the damaged database alone, and what may be given back. Counts and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

FoundBy = Literal["commit times", "written_at"]
"""How rows written after the moment were found: by the server's own record, or by the plan's column."""

Class = Literal["replayable", "conflicting", "deleted", "damage"]


class Where(msgspec.Struct, frozen=True):
    """Where a database is reached."""

    host: str
    port: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a row. ``at`` is when it was committed, None where the server keeps no record of that."""

    key: str
    text: str = ""
    """The whole row as the server's own JSON; in no log, no state and no message."""
    version: str = ""
    """The transaction that wrote it (``xmin``): who finds another one knows that the row was touched."""
    at: datetime | None = None

    def __repr__(self) -> str:
        """Never the row itself."""
        return f"Row({self.key})"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What becomes of one row of the damaged database; a line of the replay file, with the row where it is needed."""

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
    """One table of both databases, in figures. ``named`` are keys a person has to decide on, a few at most."""

    table: str
    found_by: FoundBy
    in_damaged: int
    in_restored: int
    replayable: int = 0
    conflicting: int = 0
    deleted: int = 0
    damage: int = 0
    named: list[str] = []
    file: str = ""
    version: str = ""
    """The version of the file: what is replayed is what was shown."""


class ComparedDatabases(msgspec.Struct, frozen=True, kw_only=True):
    """Where the two databases are, and from when on they are compared; the Choice states read ``status``.

    ``gone``: the damaged one is dead, so that nothing can be read of it.
    ``since``: rows committed before are the same in both. ``begun``: whatever the restored database says was committed
    later was written by users it serves.
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
    """What one batch of a replay came to. ``offset`` is where the next begins, in bytes of the file."""

    offset: int
    done: bool
    written: int = 0
    already: int = 0
    conflicting: int = 0
    refused: int = 0
    left: list[str] = []
    """Keys of rows that were left alone although they were to be written, a few at most."""
    why: str = ""
    """SQLSTATE of the last refusal, or in a few words why nothing was tried."""
