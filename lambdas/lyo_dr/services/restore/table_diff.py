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
from lyo_dr.decisions.restore.patterns import Columns, Patterns, Sign, sign_of
from lyo_dr.decisions.restore.reconciliation import Damage, judge_missing, judge_row, with_patterns
from lyo_dr.model.reconciliation import Compared, Entry, Row
from lyo_dr.model.tables.row_text import columns_of

_NAMED = 50
"""Keys that travel with the figures; all of them are in the file."""
_SAMPLES = 10
"""Unknown rows that are shown, by key and reason."""
_MOST_MISSING = 100_000
"""Keys of deleted rows in a file; they are counted beyond that."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a replay file."""

    incident: str
    database: str
    table: str
    key: list[str]
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
        names = list(damaged.types)
        self._shape = Columns(list(damaged.types.values()), [names.index(key) for key in damaged.keys])

    @contextmanager
    def written(self, header: Header) -> Iterator[tuple[BinaryIO, Compared]]:
        """The file from its beginning, and its figures; gone afterwards."""
        figures = _Figures()
        with tempfile.TemporaryFile() as content:
            content.write(msgspec.json.encode(header) + b"\n")
            for entry in self._entries(figures):
                content.write(msgspec.json.encode(entry) + b"\n")
                figures.note(entry)
            content.seek(0)
            yield (
                content,
                Compared(
                    table=header.table,
                    found_by="commit times" if self._damaged.dated else "written_at",
                    in_damaged=self._damaged.count(),
                    in_restored=self._restored.count(),
                    replayable=figures.counts["replayable"],
                    conflicting=figures.counts["conflicting"],
                    deleted=figures.counts["deleted"],
                    damage=figures.counts["damage"],
                    unknown=figures.counts["unknown"],
                    named=figures.named,
                    samples=figures.samples,
                ),
            )

    def _entries(self, figures: _Figures) -> Iterator[Entry]:
        """Two passes: what becomes of a row depends on what it has in common with all others, and with those gone."""
        patterns = Patterns()
        with tempfile.TemporaryFile() as spool:
            for difference in self._differing():
                patterns.note(difference.sign)
                spool.write(msgspec.json.encode(difference) + b"\n")
            patterns.close(self._damaged.count())
            gone = self._gone(figures)
            damage = with_patterns(self._damage, patterns, deleted=any(entry.what == "damage" for entry in gone))
            spool.seek(0)
            for line in spool:
                yield from self._judged(msgspec.json.decode(line, type=_Difference), damage, patterns)
        yield from gone

    def _judged(self, difference: _Difference, damage: Damage, patterns: Patterns) -> Iterator[Entry]:
        entry = judge_row(
            difference.row,
            difference.there,
            damage,
            self._begun,
            same_shape=self._same_shape,
            alike=patterns.is_damage(difference.sign),
            doubt=patterns.doubt(difference.sign),
        )
        if entry is not None:
            yield entry

    def _differing(self) -> Iterator[_Difference]:
        for page in self._damaged.written_since(self._since):
            there = self._restored.find([row.key for row in page])
            for row in page:
                before = there.get(row.key)
                if before is None or before.text != row.text:
                    yield self._difference(row, before)

    def _difference(self, row: Row, before: Row | None) -> _Difference:
        writer = row.version if row.at is None else row.at.isoformat()
        values = None if before is None or not self._same_shape else columns_of(before.text)
        sign = sign_of(self._shape, writer, row.at, columns_of(row.text), values)
        # Only whether there was another text is asked of it from here on.
        kept = None if before is None else msgspec.structs.replace(before, text="")
        return _Difference(row, kept, msgspec.structs.replace(sign, new=before is None))

    def _gone(self, figures: _Figures) -> list[Entry]:
        """All of them are counted before one is judged: many at once are no accident."""
        missing, of = 0, 0
        keys: list[str] = []
        for page in self._restored.keys_until(self._begun):
            found = self._damaged.missing(page)
            missing, of = missing + len(found), of + len(page)
            keys += found[: _MOST_MISSING - len(keys)]
        entries = judge_missing(keys, missing, of)
        if entries:
            figures.counts[entries[0].what] += missing
        return entries


class _Difference(msgspec.Struct, frozen=True):
    """A row that differs, and what it has in common with others; on disk only, and gone afterwards."""

    row: Row
    there: Row | None
    sign: Sign


class _Figures:
    """What is counted and named on the way."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.named: list[str] = []
        self.samples: list[str] = []

    def note(self, entry: Entry) -> None:
        """One line of the file; deletions have been counted."""
        self.counts[entry.what] += entry.change != "delete"
        if entry.what in ("conflicting", "deleted") and len(self.named) < _NAMED:
            self.named.append(entry.key)
        if entry.what == "unknown" and len(self.samples) < _SAMPLES:
            self.samples.append(f"{entry.key} ({entry.change}, {entry.why})")
