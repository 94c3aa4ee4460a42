"""Recovery method of a database in the region that takes over: promotion or restore."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.model.restore import RestoreRequest, Window

Kind = Literal["promote", "restore"]


class Replicated(msgspec.Struct, frozen=True, kw_only=True):
    """Replicated backups of another region's instance: their ARN and restore window."""

    arn: str
    window: Window


class ReplicaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Reasons to restore instead of promoting. ``faults``: integrity queries the replica fails.

    ``good_at`` is the last run it passed, ``wish`` an operator's request, ``backups`` its backups in this region.
    """

    faults: list[str] = []
    good_at: datetime | None = None
    wish: RestoreRequest | None = None
    backups: Replicated | None = None


class RecoveryMethod(msgspec.Struct, frozen=True, kw_only=True):
    """Recovery method of one database. ``upto``: the backup holds work at least until then; None is unknown.

    ``doubt``: why approval is needed; an operator's own request needs none.
    """

    database: str
    way: Kind = "promote"
    why: str = ""
    doubt: str | None = None
    upto: datetime | None = None
