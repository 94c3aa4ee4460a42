"""Comparing one table of two databases, page by page, into a replay file."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

import msgspec

from lyo_dr.adapters.sql.table_diff import Still
from lyo_dr.decisions.restore.reconciliation import Damage, judge_missing, judge_row
from lyo_dr.model.reconciliation import Compared, Entry

_NAMED = 50
"""Keys that travel with the figures; all of them are in the file."""
_MOST_MISSING = 100_000
"""Keys of deleted rows in a file; they are counted beyond that."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a replay file."""

    incident: str
    database: str
    table: str
    key: str
    moment: datetime | None
    made_at: datetime
    columns: list[str]


class Comparison:
    """``damaged`` against ``restored``: each is read at one moment of its own, and the damaged one is at rest."""

    def __init__(self, damaged: Still, restored: Still, *, damage: Damage, since: datetime, begun: datetime) -> None:
        self._damaged, self._restored = damaged, restored
        self._damage, self._since, self._begun = damage, since, begun
        self.columns = damaged.columns()
        self._same_shape = self.columns == restored.columns()

    @contextmanager
    def written(self, header: Header) -> Iterator[tuple[BinaryIO, Compared]]:
        """The file from its beginning, and its figures; gone afterwards."""
        counts: Counter[str] = Counter()
        named: list[str] = []
        with tempfile.TemporaryFile() as content:
            content.write(msgspec.json.encode(header) + b"\n")
            for entry in self._entries(counts):
                content.write(msgspec.json.encode(entry) + b"\n")
                counts[entry.what] += entry.change != "delete"
                if entry.what in ("conflicting", "deleted") and len(named) < _NAMED:
                    named.append(entry.key)
            content.seek(0)
            yield (
                content,
                Compared(
                    table=header.table,
                    found_by="commit times" if self._damaged.dated else "written_at",
                    in_damaged=self._damaged.count(),
                    in_restored=self._restored.count(),
                    replayable=counts["replayable"],
                    conflicting=counts["conflicting"],
                    deleted=counts["deleted"],
                    damage=counts["damage"],
                    named=named,
                ),
            )

    def _entries(self, counts: Counter[str]) -> Iterator[Entry]:
        yield from self._differing()
        yield from self._gone(counts)

    def _differing(self) -> Iterator[Entry]:
        for page in self._damaged.written_since(self._since):
            there = self._restored.find([row.key for row in page])
            for row in page:
                entry = judge_row(row, there.get(row.key), self._damage, self._begun, same_shape=self._same_shape)
                if entry is not None:
                    yield entry

    def _gone(self, counts: Counter[str]) -> Iterator[Entry]:
        """All of them are counted before one is judged: many at once are no accident."""
        missing, of = 0, 0
        keys: list[str] = []
        for page in self._restored.keys_until(self._begun):
            found = self._damaged.missing(page)
            missing, of = missing + len(found), of + len(page)
            keys += found[: _MOST_MISSING - len(keys)]
        entries = judge_missing(keys, missing, of)
        if entries:
            counts[entries[0].what] += missing
        yield from entries
