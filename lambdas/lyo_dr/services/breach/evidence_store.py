"""Evidence store: bucket, incident record and timeline. A gap is recorded as an entry, too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from lyo_dr.adapters.aws import s3
from lyo_dr.context import StepContext
from lyo_dr.errors import LyoDrError
from lyo_dr.model.evidence import Entry
from lyo_dr.model.incident import Incident

_NOTE = "EVIDENCE"


class EvidenceStore:
    """Evidence of one incident. Each item has a unique name and is stored once (idempotent).

    No guard and no lease: preserving changes and destroys nothing, and a breach does not wait for an unreachable
    peer.
    """

    def __init__(self, ctx: StepContext, incident: Incident) -> None:
        self._ctx = ctx
        self._incident = incident
        self._silence: LyoDrError | None = None

    def has(self, name: str) -> bool:
        """Whether the item was stored, or recorded as a gap, before."""
        with self.own_table():
            return self._ctx.store.incidents.read_note(self._incident.id, _NOTE, name) is not None

    def keep(self, part: str, name: str, what: str, content: bytes, reference: str | None = None) -> None:
        """Store bytes as ``name``. A failure is recorded as a gap and stops nothing."""
        try:
            version = s3.put(self._ctx.names.evidence_bucket, self._ctx.region, f"{self._incident.id}/{name}", content)
        except LyoDrError as refusal:
            self.miss(part, name, f"the file of {what}", str(refusal), reference)
            return
        self._note(
            name,
            Entry(
                at=self._ctx.now().isoformat(),
                part=part,
                what=what,
                file=name,
                version=version,
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
                reference=reference,
            ),
        )

    def found(self, part: str, name: str, what: str, as_it_is: tuple[str, str, int]) -> None:
        """Record an object that AWS wrote to the bucket: its version, SHA-256 and size."""
        version, digest, size = as_it_is
        now = self._ctx.now().isoformat()
        entry = Entry(at=now, part=part, what=what, file=name, version=version, sha256=digest, size=size)
        self._note(name, entry)

    def nothing(self, part: str, name: str, what: str) -> None:
        """Record that there was nothing to preserve."""
        self._note(name, Entry(at=self._ctx.now().isoformat(), part=part, what=what))

    def miss(self, part: str, name: str, what: str, why: str, reference: str | None = None) -> None:
        """Record a gap: something could not be preserved, and why."""
        now = self._ctx.now().isoformat()
        if self._note(name, Entry(at=now, part=part, what=what, gap=why, reference=reference)):
            self._ctx.record(self._incident.id, f"Not preserved: {what} ({why})")

    def attempt(self, part: str, name: str, what: str, run: Callable[[], None]) -> None:
        """Preserve one item; if AWS refuses or does not respond, record a gap."""
        if self.has(name):
            return
        try:
            run()
        except LyoDrError as refusal:
            self.refused(part, name, what, refusal)

    def refused(self, part: str, name: str, what: str, refusal: LyoDrError) -> None:
        """Record what AWS refused as a gap. Raises it where it is our own table's: the step is run again then."""
        self.raise_our_own(refusal)
        self.miss(part, name, what, str(refusal))

    def entries(self) -> list[Entry]:
        """All entries, in the order in which they were recorded."""
        return sorted(
            (
                msgspec.convert(_plain(note), Entry)
                for note in self._ctx.store.incidents.notes(self._incident.id, _NOTE)
            ),
            key=lambda entry: (entry.at, entry.file or "", entry.what),
        )

    def raise_our_own(self, refusal: LyoDrError) -> None:
        """Raise it again where it is our own table's."""
        if refusal is self._silence:
            raise refusal

    def _note(self, name: str, entry: Entry) -> bool:
        with self.own_table():
            return self._ctx.store.incidents.record_once(self._incident.id, _NOTE, name, **msgspec.to_builtins(entry))

    @contextmanager
    def own_table(self) -> Iterator[None]:
        """Around what reads or writes our own table: a piece of evidence is not missing because that was silent."""
        try:
            yield
        except LyoDrError as silence:
            self._silence = silence
            raise


def as_json(value: Any) -> bytes:
    """Serialise an AWS description: sorted keys, one per line, times as text."""
    return json.dumps(value, indent=1, sort_keys=True, default=str, ensure_ascii=False).encode() + b"\n"


def as_lines(values: Iterable[Any]) -> bytes:
    """Serialise as JSON lines."""
    return b"".join(
        json.dumps(value, sort_keys=True, default=str, ensure_ascii=False).encode() + b"\n" for value in values
    )


def _plain(note: dict[str, Any]) -> dict[str, Any]:
    """The table keeps whole numbers as decimals."""
    size = note.get("size")
    return note if size is None else {**note, "size": int(size)}
