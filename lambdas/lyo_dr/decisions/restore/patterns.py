"""What rows written after the recovery point have in common: damage that no single transaction gives away.

A loop that commits after each row, a job in batches, a restarted migration: none of their transactions stands out, but
what they write does. Rows changed alike, in a burst, are the damage where they are many; others may be, and are in
doubt.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

FEW = 10
SHARE = 0.05
"""The share that makes a transaction stand out (adapters/sql/integrity.py)."""
_GAP_SECONDS = 5.0
"""Rows written alike with no longer pause between them are one burst: a job in batches pauses less."""


class Sign(msgspec.Struct, frozen=True):
    """What a row has in common with others: who wrote it, when, which columns, and what stands in them (a hash)."""

    writer: str
    at: datetime | None
    new: bool
    columns: str = ""
    values: str = ""

    @property
    def seconds(self) -> float:
        """Its time as a number; without one, all are together."""
        return 0.0 if self.at is None else self.at.astimezone(UTC).timestamp()


class Columns(msgspec.Struct, frozen=True):
    """Types of a table's columns in its own order, and the places of those of its key."""

    types: list[str]
    keys: list[int]


def sign_of(
    columns: Columns, writer: str, at: datetime | None, mine: Sequence[str | None], there: Sequence[str | None] | None
) -> Sign:
    """The sign of a row with the values ``mine``; ``there`` is the row it was before, None for a new one.

    Key and times do not count, unless nothing else is there: each row has its own. Raises ValueError for values that
    are not those of the columns.
    """
    before = [None] * len(mine) if there is None else there
    found = enumerate(zip(mine, before, columns.types, strict=True))
    changed = [(place, value, kind) for place, (value, old, kind) in found if there is None or value != old]
    lasting = [(place, value) for place, value, kind in changed if place not in columns.keys and not _is_time(kind)]
    named = ",".join(str(place) for place, _ in lasting)
    return Sign(writer, at, there is None, named, _hash(lasting or [(place, value) for place, value, _ in changed]))


class Patterns:
    """Collects signs of a whole table first; then says what they make of a row."""

    def __init__(self) -> None:
        self._writers: Counter[str] = Counter()
        self._alike: defaultdict[tuple[bool, str], array[float]] = defaultdict(lambda: array("d"))
        self._columns: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
        self._of = 0
        self._bursts: dict[tuple[bool, str], list[tuple[float, float, int]]] = {}
        self._busy: dict[str, list[tuple[float, float, int]]] = {}

    def note(self, sign: Sign) -> None:
        """One row that differs."""
        self._alike[sign.new, sign.values].append(sign.seconds)
        if not sign.new:
            self._writers[sign.writer] += 1
            if sign.columns:
                self._columns[sign.columns].append(sign.seconds)

    def close(self, of: int) -> None:
        """All rows are noted; the table has ``of``."""
        self._of = of
        self._bursts = {key: _bursts(times) for key, times in self._alike.items() if len(times) >= FEW}
        self._busy = {key: _bursts(times) for key, times in self._columns.items() if len(times) >= FEW}

    @property
    def damage(self) -> list[float]:
        """When each burst began that is damage, in seconds; 0 where its time is unknown."""
        return [
            begin
            for (new, _), bursts in self._bursts.items()
            for begin, _, size in bursts
            if not new and self._is_many(size)
        ]

    def is_damage(self, sign: Sign) -> bool:
        """Many rows changed alike, in one burst."""
        return not sign.new and self._is_many(self._size(self._bursts.get((sign.new, sign.values)), sign))

    def doubt(self, sign: Sign) -> str:
        """Why nobody knows whether the damage wrote this row; empty if there is no reason to think so."""
        alike = self._size(self._bursts.get((sign.new, sign.values)), sign)
        if self._is_many(alike) or (alike and not sign.new):
            return f"one of {alike} rows written alike within seconds"
        if sign.new:
            return ""
        rows = self._writers[sign.writer]
        if rows >= FEW or (rows >= 2 and rows >= SHARE * self._of) or 2 * rows > self._of:
            return f"one of {rows} rows of this table changed by one transaction"
        busy = self._size(self._busy.get(sign.columns), sign)
        return f"one of {busy} rows whose same columns were changed within seconds" if self._is_many(busy) else ""

    def _is_many(self, rows: int) -> bool:
        return rows >= FEW and rows >= SHARE * self._of

    @staticmethod
    def _size(bursts: list[tuple[float, float, int]] | None, sign: Sign) -> int:
        return next((size for begin, end, size in bursts or [] if begin <= sign.seconds <= end), 0)


def _bursts(times: array[float]) -> list[tuple[float, float, int]]:
    """Begin, end and number of rows of each burst of at least a few."""
    ordered = sorted(times)
    found, first = [], 0
    for place in range(1, len(ordered) + 1):
        if place == len(ordered) or ordered[place] - ordered[place - 1] > _GAP_SECONDS:
            if place - first >= FEW:
                found.append((ordered[first], ordered[place - 1], place - first))
            first = place
    return found


def _is_time(kind: str) -> bool:
    return kind == "date" or kind.startswith(("timestamp", "time ", "time("))


def _hash(values: list[tuple[int, str | None]]) -> str:
    return hashlib.blake2b(msgspec.json.encode(values), digest_size=8).hexdigest()
