"""Folders of a run, and the removal of those whose run was killed before it could clean up.

SIGKILL leaves no time for anything. Processes end by themselves when their parent is gone; folders do not, so the next
run removes them: a folder carries the id of the process that made it.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import psutil

_OURS = re.compile(r"lyo-(?:drill|data|local-aws)-(\d+)-\w+")
_SAME_MOMENT_SECONDS = 2.0


def run_folder(kind: str, where: Path | None = None) -> Path:
    """Return a new folder ``lyo-<kind>-<pid>-…``; folders of dead runs beside it are removed first."""
    place = where or Path(tempfile.gettempdir())
    sweep(place)
    return Path(tempfile.mkdtemp(prefix=f"lyo-{kind}-{os.getpid()}-", dir=place))


def sweep(place: Path) -> list[Path]:
    """Remove what dead runs left in ``place``; returns what was removed. Folders of others' are never touched."""
    dead = [path for path in place.glob("lyo-*") if _is_dead(path)]
    for path in dead:
        shutil.rmtree(path, ignore_errors=True)
    return dead


def _is_dead(path: Path) -> bool:
    named = _OURS.fullmatch(path.name)
    if named is None or not path.is_dir():
        return False
    try:
        begun = psutil.Process(int(named[1])).create_time()
        # A younger process has merely been given the number again.
        return begun > path.stat().st_mtime + _SAME_MOMENT_SECONDS
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, OSError):
        return False
