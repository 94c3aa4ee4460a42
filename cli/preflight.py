"""Requirements of a drill on this machine, checked before anything is started."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

NEEDED_BYTES = 10**9


def obstacles(results: Path | None = None) -> Iterator[str]:
    """Report each missing requirement in a sentence. ``results`` is the folder for the results."""
    from local_aws.rds.binaries import BinariesMissing, bin_dir

    folder = _temporary()
    if isinstance(folder, str):
        yield folder
        return
    if results is not None and (refusal := _not_writable(results)):
        yield refusal
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        yield (
            f"{folder} has {free / 1e9:.1f} GB free, and a drill needs {NEEDED_BYTES / 1e9:g} GB; make room, "
            "or set TMPDIR to a folder that has it"
        )
        return  # PostgreSQL's programs may have to be copied there
    try:
        bin_dir()
    except BinariesMissing as missing:
        yield str(missing)
    except OSError as error:
        yield f"PostgreSQL's programs cannot be prepared in {folder} ({error}); set TMPDIR to another folder"


def _temporary() -> Path | str:
    """Find the temporary folder, or why there is none. Python itself ignores a TMPDIR that cannot be used."""
    asked = os.environ.get("TMPDIR")
    if asked and not (Path(asked).is_dir() and os.access(asked, os.W_OK | os.X_OK)):
        return f"TMPDIR is {asked}, which is not a writable folder; create it, or unset TMPDIR"
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return "there is no writable temporary folder; set TMPDIR to one"


def _not_writable(results: Path) -> str | None:
    """Say why results cannot be written there: better known now than after the drill."""
    at = next(place for place in (results, *results.absolute().parents) if place.exists())
    if at.is_dir() and os.access(at, os.W_OK | os.X_OK):
        return None
    return f"results cannot be written to {results} ({at} is not a writable folder); choose another one with --results"
