"""Whether a restore has ended without the state that rolls it back."""

from __future__ import annotations

import json
from typing import Any

from lyo_dr.decisions.common.outcome import innermost

_STOPPED = ("TIMED_OUT", "ABORTED")
_UNDONE = ("NotPutBack", "States.Timeout")


def is_left_as_it_was(error: Any) -> bool:
    """Judged by the error of the task that ran the restore.

    A machine that is timed out or stopped runs no state any more. Its parent sees ``States.TaskFailed`` with the
    execution's description as the cause, or ``States.Timeout`` where the task's own time was over first.
    """
    if not isinstance(error, dict):
        return False
    return _status(error.get("Cause")) in _STOPPED or innermost(error)[0] in _UNDONE


def _status(cause: Any) -> str:
    try:
        described = json.loads(str(cause))
    except ValueError:
        return ""
    return str(described.get("Status", "")) if isinstance(described, dict) else ""


def rollback_told(put_back: Any, error: Any) -> str:
    """What the caller of a restore did about it, as the end of a sentence; empty where the restore ended by itself."""
    if isinstance(error, dict):
        name, cause = innermost(error)
        return f"; ACTION NEEDED: what the restore had stopped could not be put back ({name}: {cause})"
    said = put_back.get("sentence") if isinstance(put_back, dict) else ""
    return f". {said}" if said else ""
