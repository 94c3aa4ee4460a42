"""``lyo-dr evidence verify``: check a manifest of evidence against the files beside it, offline."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from cli.output import counted, paste, refuse, say
from lyo_dr.decisions.breach.manifest import MANIFEST
from lyo_dr.decisions.breach.verification import FileSeen, faults
from lyo_dr.model.evidence import Line


def verify(path: Path, head: str | None) -> int:
    """Print every fault, or that there is none; the exit code: 0, or 1. Raises typer.Exit(2)."""
    manifest = path / MANIFEST if path.is_dir() else path
    lines = read_manifest(manifest)
    found = faults(lines, _files(manifest.parent), head)
    for fault in found:
        say(fault, "red")
    if found:
        say(f"{counted(len(found), 'fault')}: {manifest} is not intact.", "bold red")
        return 1
    _report(lines, head)
    return 0


def read_manifest(path: Path) -> list[Line]:
    """Read the lines of a manifest. Raises typer.Exit(2) where there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise refuse(f"no {path.name} in {path.parent}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise refuse(f"{path} cannot be read as a manifest ({type(fault).__name__})") from None
    return [_line(number, line) for number, line in enumerate(text.splitlines())]


def _line(number: int, text: str) -> Line:
    """Parse a line; one that is not a JSON object has no hash, and is reported like every other fault."""
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


def _report(lines: list[Line], head: str | None) -> None:
    gaps = [line for line in lines if line.get("gap")]
    for gap in gaps:
        say(f"Not preserved: {gap['what']} ({gap['gap']})", "yellow")
    files = sum(1 for line in lines if line.get("file"))
    say(
        f"{lines[0]['incident']}: {counted(len(lines) - 1, 'entry', 'entries')}, {counted(files, 'file')}, "
        f"{counted(len(gaps), 'gap')}; the manifest is intact.",
        "green",
    )
    if head is None:
        say("Compare its head with the timeline of the incident:")
        paste(f"  {lines[-1]['hash']}")
