"""The files and programs that a plan's ``rehearsal`` names: there, and readable or executable."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from lyo_dr.model.plan.rehearsal import Rehearsal


def unusable_files(rehearsal: Rehearsal, plan_file: Path) -> Iterator[str]:
    """A sentence for each that a drill could not use. Paths are relative to the folder of ``plan_file``."""
    folder = plan_file.resolve().parent
    for name, database in rehearsal.databases.items():
        yield from _unreadable(f"rehearsal.databases.{name}.schema", folder, database.schema)
        if database.seed is not None:
            yield from _unreadable(f"rehearsal.databases.{name}.seed", folder, database.seed)
    for name, service in rehearsal.services.items():
        yield from _no_program(f"rehearsal.services.{name}.command", folder, service.command[0])
    if rehearsal.load.command is not None:
        yield from _no_program("rehearsal.load.command", folder, rehearsal.load.command[0])


def _unreadable(path: str, folder: Path, named: str) -> Iterator[str]:
    file = folder / named
    if not file.is_file():
        yield f"{path}: there is no file {named!r} in {folder}; write its path from the folder of the plan"
        return
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        yield f"{path}: {named!r} is not a UTF-8 text file; save it as UTF-8"
    except OSError as fault:
        yield f"{path}: {named!r} cannot be read: {(fault.strerror or str(fault)).lower()}"


def _no_program(path: str, folder: Path, named: str) -> Iterator[str]:
    if "/" not in named:
        if shutil.which(named) is None:
            yield f"{path}: there is no program {named!r} on the PATH; install it, or write the path to it"
        return
    program = folder / named
    if not program.is_file():
        yield f"{path}: there is no file {named!r} in {folder}; write its path from the folder of the plan"
    elif not os.access(program, os.X_OK):
        yield f"{path}: {named!r} may not be executed; run chmod +x on it, or name the program that reads it first"
