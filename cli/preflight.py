"""What a rehearsal needs of this machine, looked at before anything is started."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

NEEDED_BYTES = 10**9


def obstacles() -> Iterator[str]:
    """One sentence for each thing that is missing."""
    from rehearsal.data.binaries import BinariesMissing, bin_dir

    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        yield (
            f"{folder} has {free / 1e9:.1f} GB free, and a rehearsal needs {NEEDED_BYTES / 1e9:g} GB; make room, "
            "or set TMPDIR to a folder that has it"
        )
        return  # PostgreSQL's programs may have to be copied there
    try:
        bin_dir()
    except BinariesMissing as missing:
        yield str(missing)
