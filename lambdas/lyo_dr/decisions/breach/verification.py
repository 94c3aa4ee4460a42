"""Verification of an evidence manifest against its hash chain and files. Every fault names the entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from lyo_dr.decisions.breach.manifest import FORMAT, MANIFEST, START, hash_of
from lyo_dr.model.evidence import Line


class FileSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the folder."""

    sha256: str
    size: int


def faults(lines: Sequence[Line], files: Mapping[str, FileSeen], head: str | None = None) -> list[str]:
    """All faults, in the order of the manifest; empty if it is intact.

    ``head`` is the hash on the incident's timeline: without it, truncation at the end or a rebuilt manifest cannot be
    detected. Any head ever on the timeline is valid: a manifest only grows.
    """
    if not lines or lines[0].get("format") != FORMAT:
        return [f"the first line is not that of a manifest ({FORMAT})"]
    found = [*_order(lines), *_links(lines), *_contents(lines, files), *_strangers(lines, files)]
    if head is not None and head not in {line.get("hash") for line in lines}:
        found.append(
            f"the head {head} is the hash of no line: lines were cut off at the end, or the manifest was written anew"
        )
    return found


def named(line: Line) -> str:
    """An entry by its number and what it holds."""
    return f"entry {line.get('number')} ({line.get('file') or line.get('what') or 'the first line'})"


def _order(lines: Sequence[Line]) -> Iterator[str]:
    """Entries that were removed, added or moved, by their numbers."""
    numbers = [line.get("number") for line in lines]
    yield from (f"entry {number} is missing" for number in range(len(lines)) if number not in numbers)
    for place, line in enumerate(lines):
        number = line.get("number")
        if number in numbers[:place]:
            yield f"{named(line)} was added: there is another entry of this number before it"
        elif place and _number(number) < _number(numbers[place - 1]):
            yield f"{named(line)} was moved: it stands behind entry {numbers[place - 1]}"


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


def _links(lines: Sequence[Line]) -> Iterator[str]:
    previous, before = START, "the beginning"
    for line in lines:
        if line.get("hash") != hash_of(line):
            yield f"{named(line)} was changed: it does not have the hash it carries"
        if line.get("previous") != previous:
            yield f"{named(line)} does not follow {before}: the chain is broken between the two"
        previous, before = str(line.get("hash")), named(line)


def _contents(lines: Sequence[Line], files: Mapping[str, FileSeen]) -> Iterator[str]:
    for line in lines:
        name = line.get("file")
        if name is None:
            continue
        seen = files.get(name)
        if seen is None:
            yield f"{named(line)}: the file is missing"
        elif (seen.sha256, seen.size) != (line.get("sha256"), line.get("size")):
            yield f"{named(line)}: the file was changed, it has {seen.size} bytes with SHA-256 {seen.sha256}"


def _strangers(lines: Sequence[Line], files: Mapping[str, FileSeen]) -> Iterator[str]:
    known = {line.get("file") for line in lines} | {MANIFEST}
    for name in sorted(set(files) - known):
        yield f"file {name} was added: no entry names it"
