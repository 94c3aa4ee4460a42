"""Folders of a run, and the removal of those whose run was killed before it could clean up.

Only the owner may read them: logs and calls hold keys and what users wrote.

SIGKILL leaves no time for anything. Processes end by themselves when their parent is gone; folders do not, so the next
run removes them. A folder carries the id of the process that made it and a file which that process keeps locked while
it lives: unlike numbers and clocks, a lock is never given to another process, and it ends with its process in any case.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import psutil

OWNER_ONLY = 0o077
"""The umask of every process that writes into the folder of a run."""

_OURS = re.compile(r"lyo-[a-z-]+-(\d+)-\w+")
_OWNER = ".owner"

_held: dict[Path, int] = {}
"""Locked files of this process, by their folder."""


def run_folder(kind: str, where: Path | None = None) -> Path:
    """Return a new folder ``lyo-<kind>-<pid>-…``; folders of dead runs beside it are removed first."""
    place = where or Path(tempfile.gettempdir())
    sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=f"lyo-{kind}-{os.getpid()}-", dir=place))
    _hold(folder)
    return folder


def open_for_owner(path: Path) -> BinaryIO:
    """Open a log for appending; a new one is its owner's alone, whatever the umask."""
    return open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600))


def sweep(place: Path) -> list[Path]:
    """Remove what dead runs left in ``place``; returns what was removed. Folders of others' are never touched."""
    dead = [path for path in place.glob("lyo-*") if _is_dead(path)]
    for path in dead:
        shutil.rmtree(path, ignore_errors=True)
    return dead


def _hold(folder: Path) -> None:
    for gone in [kept for kept in _held if not kept.exists()]:
        os.close(_held.pop(gone))
    # Locked before it can be seen under its name: between the two another run would take its owner for dead.
    unseen = folder / f"{_OWNER}.new"
    _held[folder] = os.open(unseen, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(_held[folder], fcntl.LOCK_EX)
    unseen.rename(folder / _OWNER)


def _is_dead(path: Path) -> bool:
    named = _OURS.fullmatch(path.name)
    if named is None or not path.is_dir():
        return False
    try:
        owner = os.open(path / _OWNER, os.O_RDWR)
    except FileNotFoundError:
        # Made this very moment, or by a process that died in that moment.
        return not psutil.pid_exists(int(named[1]))
    except OSError:
        return False
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(owner)
    return True
