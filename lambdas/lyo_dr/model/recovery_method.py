"""In which way a database comes back in the region that takes over."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.model.restore import RestoreRequest, Window

Kind = Literal["promote", "restore"]


class Replicated(msgspec.Struct, frozen=True, kw_only=True):
    """The backups of another region's instance that are kept here: their ARN, and the moments they hold."""

    arn: str
    window: Window


class ReplicaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for a restore in the place of a promotion. ``faults``: integrity questions the replica fails.

    ``good_at`` is the last run it passed, ``wish`` what an operator asked for, ``backups`` what is kept here of it.
    """

    faults: list[str] = []
    good_at: datetime | None = None
    wish: RestoreRequest | None = None
    backups: Replicated | None = None


class RecoveryMethod(msgspec.Struct, frozen=True, kw_only=True):
    """The way of one database. ``upto``: the backup holds work until then at least; None is unknown.

    ``doubt``: why a person has to say so; an operator who asked for it has.
    """

    database: str
    way: Kind = "promote"
    why: str = ""
    doubt: str | None = None
    upto: datetime | None = None
