"""Whether rows of a table can be told apart by the plan's key, by what the catalogue says. Nothing is believed."""

from __future__ import annotations

from collections.abc import Sequence

from lyo_dr.model.near import nearest
from lyo_dr.model.plan import Table
from lyo_dr.model.tables.shape import TableShape

_NO_TABLE = {"v": "a view", "m": "a materialised view", "f": "a foreign table"}


def unfit(table: Table, shape: TableShape, *, reader: str = "lyo_dr") -> str | None:
    """One sentence on why its rows are neither compared nor written, with what to do; None if they can be."""
    return _no_table(table.name, shape) or _withheld(table.name, shape, reader) or _untold(table, shape)


def _no_table(name: str, shape: TableShape) -> str | None:
    if not shape.found:
        hint = "; outside the schema public write schema.table"
        if shape.namesakes:
            hint = f"; did you mean {' or '.join(shape.namesakes)}"
        return f"{name}: this database has no such table{hint}"
    if shape.kind not in ("r", "p"):
        return f"{name} is {_NO_TABLE.get(shape.kind, 'no table')}, and its rows belong to others; name their tables"
    return None


def _withheld(name: str, shape: TableShape, reader: str) -> str | None:
    if not shape.readable:
        return f"{name} cannot be read by {reader}; grant it usage on the schema and select on the table"
    if shape.hidden:
        return (
            f"{name} has row security, and rows of it are withheld from {reader}; "
            f"alter role {reader} bypassrls, or take the table out of the plan"
        )
    return None


def _untold(table: Table, shape: TableShape) -> str | None:
    if shape.heirs:
        return f"{table.name} has tables that inherit from it, so no key of it is unique; name those tables"
    return _missing(table, shape) or _not_unique(table, shape)


def _missing(table: Table, shape: TableShape) -> str | None:
    named = [*table.keys, *([table.time] if table.time is not None else [])]
    for column in named:
        if column not in shape.columns:
            return f"{table.name} has no column {column}{_like(column, shape.columns)}"
    return None


def _not_unique(table: Table, shape: TableShape) -> str | None:
    """The key has to be exactly one of the unique ones: a part of one is not unique, and more than one is a mistake."""
    usable = [key for key in shape.keys if not set(key) & set(shape.nullable)]
    if any(set(key) == set(table.keys) for key in usable):
        return None
    if usable:
        return f"{table.name}: {_columns(table.keys)} is not a unique key; write key: {_as_written(usable[0])}"
    if any(set(key) == set(table.keys) for key in shape.keys):
        nullable = _columns([key for key in table.keys if key in shape.nullable])
        return f"{table.name}: {nullable} of its key may be null, and such rows cannot be told apart; set it not null"
    return f"{table.name} has no unique key, so its rows cannot be told apart; give it a primary key"


def _columns(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _as_written(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _like(name: str, names: Sequence[str]) -> str:
    near = nearest(name, names, cutoff=0.7)
    return f"; did you mean {near}" if near is not None else ""
