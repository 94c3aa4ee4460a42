"""Columns that a trigger sets to the time of each write, such as ``updated_at``.

A row is not kept from its users because such a column reads otherwise once it is written back. Every other column that
does says that the row is no longer the one that was compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from lyo_dr.model.tables.row_text import columns_of

SHIFTS = ("-100 years", "100 years")
"""A trigger that sets a column whatever it is given writes the same time again for both; one that only limits what it
is given, to ``greatest(given, now())``, passes one of them on."""

_ROUNDED = timedelta(seconds=1)
"""``timestamptz(0)`` is rounded."""


def altered(types: Mapping[str, str], given: str, found: str) -> list[str] | None:
    """Names of the columns that read otherwise, of two texts of a row; None where their numbers differ."""
    try:
        pairs = zip(types, columns_of(given), columns_of(found), strict=True)
        return [name for name, one, other in pairs if one != other]
    except ValueError:
        return None


def may_be_stamps(types: Mapping[str, str], names: Iterable[str], keys: Collection[str]) -> bool:
    """Whether a trigger may set all of these to the time of a write: they are times, and no part of the key."""
    return all(types[name].startswith("timestamp") and name not in keys for name in names)


def are_stamps(types: Mapping[str, str], names: Iterable[str], found: str, window: tuple[datetime, datetime]) -> bool:
    """Whether all of these columns read as a time within the transaction that wrote the row: from its begin to now."""
    since, until = window
    times = [_time(text) for text in _texts(types, found, names)]
    return all(time is not None and since - _ROUNDED <= time <= until + _ROUNDED for time in times)


def only_written_later(types: Mapping[str, str], given: str, found: str, keys: Collection[str]) -> bool:
    """Whether a row differs in nothing but times that a later write has set."""
    names = altered(types, given, found)
    if not names or not may_be_stamps(types, names, keys):
        return False
    before, after = (map(_time, _texts(types, text, names)) for text in (given, found))
    return all(one is not None and other is not None and one < other for one, other in zip(before, after, strict=True))


def _texts(types: Mapping[str, str], row: str, names: Iterable[str]) -> list[str | None]:
    by_name = dict(zip(types, columns_of(row), strict=True))
    return [by_name[name] for name in names]


def _time(text: str | None) -> datetime | None:
    """In UTC, as the session of a replay writes it; None for what Python has no time for, such as ``infinity``."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
