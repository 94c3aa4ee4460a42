"""The record of every call: in memory for questions, as JSON lines in a file for the report."""

import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from local_aws.gateway.request import Call

MOST_KEPT = 50_000


@dataclass
class Entry:
    """One call. ``status`` is 0 and ``ms`` None until it was answered; a call never answered keeps status 0.

    ``role`` and ``checked`` say which policies let it pass, and on what: see :meth:`note`.
    """

    call: Call
    time: float
    status: int = 0
    fault: str = ""
    ms: float | None = None
    role: str = ""
    checked: list[dict[str, Any]] = field(default_factory=list)

    def note(self, role: str, action: str, resource: str, keys: Mapping[str, Any]) -> None:
        """Note that the policies of ``role`` allowed the call's ``action`` on ``resource``; ``keys`` of conditions."""
        check = {"action": action, "resource": resource, **({"keys": dict(keys)} if keys else {})}
        self.role = role
        if check not in self.checked:
            self.checked.append(check)

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as it is written: time in epoch seconds, ms in milliseconds.

        ``role`` and ``checked`` are there only where policies were enforced: the account itself has none.
        """
        enforced = {"role": self.role, "checked": self.checked} if self.checked else {}
        return {
            "time": self.time,
            "service": self.call.service,
            "region": self.call.region,
            "op": self.call.op,
            "app": self.call.app,
            "account": self.call.account,
            "status": self.status,
            "fault": self.fault,
            "ms": self.ms,
            **enforced,
        }


current_entry: ContextVar[Entry | None] = ContextVar("current_entry", default=None)
"""The entry of the call that is being carried out."""


class Journal:
    """Keeps the last calls and appends each finished one to a file."""

    def __init__(self, path: Path | None) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_KEPT)
        self._lock = threading.Lock()
        self._file: TextIO | None = path.open("a", buffering=1, encoding="utf-8") if path else None

    def begin(self, call: Call) -> Entry:
        """Note that a call has arrived; it is visible at once."""
        entry = Entry(call=call, time=time.time())
        self._entries.append(entry)
        return entry

    def finish(self, entry: Entry) -> None:
        """Note how long the call took and write it down."""
        entry.ms = round((time.time() - entry.time) * 1000, 2)
        if self._file is None:
            return
        with self._lock:
            self._file.write(json.dumps(entry.as_dict()) + "\n")

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls, the oldest first, including those still waiting for an answer."""
        return [entry.as_dict() for entry in list(self._entries)]

    def clear(self) -> None:
        """Forget the calls in memory; the file keeps them."""
        self._entries.clear()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
