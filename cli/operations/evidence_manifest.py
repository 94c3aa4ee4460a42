"""Checking a manifest of evidence against the files beside it, offline."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from cli.output import refuse, say
from lyo_dr.decisions.breach.manifest import MANIFEST
from lyo_dr.decisions.breach.verification import FileSeen, faults
from lyo_dr.model.evidence import Line


def verify(path: Path, head: str | None) -> int:
    """Print every fault, or what holds; the exit code: 0, or 1. Raises typer.Exit(2)."""
    manifest = path / MANIFEST if path.is_dir() else path
    lines = read_manifest(manifest)
    found = faults(lines, _files(manifest.parent), head)
    for fault in found:
        say(fault, "red")
    if found:
        say(f"{len(found)} {'fault' if len(found) == 1 else 'faults'}: {manifest} does not hold.", "bold red")
        return 1
    _tell(lines, head)
    return 0


def read_manifest(path: Path) -> list[Line]:
    """The lines of a manifest. Raises typer.Exit(2) where there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise refuse(f"{path} is no manifest that can be read ({type(fault).__name__}); name the folder") from None
    return [_line(number, line) for number, line in enumerate(text.splitlines())]


def _line(number: int, text: str) -> Line:
    """A line that is no JSON object is a line without a hash: a fault that is named like every other."""
    try:
        line: Any = json.loads(text)
    except ValueError:
        line = None
    return line if isinstance(line, dict) else {"number": number, "what": "a line that cannot be read"}


def _files(folder: Path) -> dict[str, FileSeen]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): _seen(path) for path in found}


def _seen(path: Path) -> FileSeen:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileSeen(sha256=digest, size=path.stat().st_size)


def _tell(lines: list[Line], head: str | None) -> None:
    gaps = [line for line in lines if line.get("gap")]
    for gap in gaps:
        say(f"Not preserved: {gap['what']} ({gap['gap']})", "yellow")
    files = sum(1 for line in lines if line.get("file"))
    say(
        f"{lines[0]['incident']}: {len(lines) - 1} entries, {files} files, {len(gaps)} gaps; the manifest holds.",
        "green",
    )
    if head is None:
        say(f"Compare its head with the incident's timeline: {lines[-1]['hash']}")
