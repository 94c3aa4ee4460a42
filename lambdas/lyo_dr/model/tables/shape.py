"""The shape of a table as the catalogue of its database has it."""

from __future__ import annotations

import msgspec


class TableShape(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be known of a table before its rows are told apart by a key."""

    found: bool
    kind: str = "r"
    """``relkind`` of ``pg_class``: r table, p partitioned, v view, m materialised view, f foreign table."""
    columns: list[str] = []
    nullable: list[str] = []
    keys: list[list[str]] = []
    """Columns of each unique index over all rows that is checked at once, the primary key first."""
    hidden: bool = False
    """Row security applies to the user who asked: rows may be withheld."""
    readable: bool = True
    heirs: bool = False
    """Other tables inherit from it: their rows appear in it, and its keys do not hold for them."""
    namesakes: list[str] = []
    """Tables of the same name in another schema or another spelling, where it was not found."""
