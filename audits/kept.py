"""The last result of each audit, kept beside the code: what noticed that something was missing, and when.

The quick form of an audit asks exactly these witnesses again; a test holds that nothing is missing in the results and
that nothing in them is gone (``tests/audits/test_kept_results.py``).
"""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from drills.world.synth import ROOT

FOLDER = Path(__file__).resolve().parent / "results"
Audit = Literal["guards", "patches", "permissions"]


def read_kept(audit: Audit, folder: Path = FOLDER) -> dict[str, Any]:
    """The last result; an empty one when there is none."""
    path = folder / f"{audit}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def keep(audit: Audit, result: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Write a result with its date and commit; one entry to a line, so that a change can be read. Returns the file."""
    path = folder / f"{audit}.json"
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit(), **result}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def cpu_seconds() -> float:
    """What the processes that this one has waited for have used so far: a busy machine makes no test longer."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def commit() -> str:
    """The commit this was run on, "with changes" if there were some; empty without git."""
    try:
        hashed, changed = (_git("rev-parse", "--short=12", "HEAD"), _git("status", "--porcelain", "-uno"))
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{hashed} with changes" if changed else hashed


def _git(*arguments: str) -> str:
    ran = subprocess.run(  # noqa: S603 - our own arguments
        ["git", *arguments],  # noqa: S607 - wherever git is installed
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()
