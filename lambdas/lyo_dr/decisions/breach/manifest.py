"""Evidence manifest: a hash chain, so that no line can be changed unnoticed.

The first line names the incident. A line's ``hash`` is the SHA-256 of the line without it, written as JSON with sorted
keys and no spaces; ``previous`` is the hash of the line before. Write access to the whole manifest allows rebuilding
the chain: the hash of the last line, the head, is therefore also on the incident's timeline, under other permissions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import msgspec

from lyo_dr.model.evidence import Entry, Line

FORMAT = "lyo-dr evidence 1"
MANIFEST = "manifest.jsonl"
START = "0" * 64
"""``previous`` of the first line."""


def chain(incident: str, entries: Sequence[Entry]) -> list[Line]:
    """The lines of a manifest, including its first line."""
    first = _linked({"number": 0, "format": FORMAT, "incident": incident}, START)
    lines = [first]
    for number, entry in enumerate(entries, start=1):
        content = {"number": number, **msgspec.to_builtins(entry)}
        lines.append(_linked(content, lines[-1]["hash"]))
    return lines


def written(lines: Sequence[Line]) -> bytes:
    """Serialise a manifest, one line per entry."""
    return b"".join(_canonical(line) + b"\n" for line in lines)


def hash_of(line: Line) -> str:
    """The hash a line must carry: over everything in it but the hash itself."""
    return hashlib.sha256(_canonical({name: value for name, value in line.items() if name != "hash"})).hexdigest()


def _linked(content: Line, previous: str) -> Line:
    line = {**content, "previous": previous}
    return {**line, "hash": hash_of(line)}


def _canonical(line: Line) -> bytes:
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
