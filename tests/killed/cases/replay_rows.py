"""The cases of ``replay_rows``."""

from __future__ import annotations

import types
from typing import Any

import msgspec
import pg8000.exceptions

from lyo_dr.adapters.sql.row_writer import Outcome
from lyo_dr.model.reconciliation import Entry
from lyo_dr.steps.replay_rows import write_rows
from tests.killed.cases.protect_database import FAILED
from tests.killed.given import FIT, an_event, app_secret, login
from tests.killed.harness import Case
from tests.killed.stage import Stage

_UNHEARD = "a row whose writing was not heard of counts as one that was there already"
_TABLE = "lyo_appointments"


def _replaying(stage: Stage) -> dict[str, Any]:
    event = an_event(stage, database="bookings", table=_TABLE, replay="001", include=[])
    ledger = {"file": "f", "version": "v1"}
    stage.world.ctx().store.incidents.record_once(event["incident"].id, "LEDGER", f"bookings#{_TABLE}", **ledger)
    stage.kept["rows"] = rows = set[int]()

    def write(asked: dict[str, Any]) -> dict[str, Any]:
        """Rows that are there already are left as they are, as WriteRows leaves them."""
        row = asked["offset"]
        new = row not in rows
        rows.add(row)
        return {"offset": row + 1, "done": row == 2, "written": int(new), "already": int(not new)}

    stage.functions["write-rows"] = write
    return event


def _replayed(stage: Stage) -> dict[str, Any]:
    event = an_event(stage, replay="001", tables=[_TABLE])
    done = {
        "offset": 3,
        "done": True,
        "why": "",
        "left": [],
        "written": 3,
        "already": 0,
        "conflicting": 0,
        "refused": 0,
    }
    stage.world.ctx().store.incidents.checkpoint(event["incident"].id, "REPLAYED", f"001#{_TABLE}", **done)
    return event


def _writing(stage: Stage) -> dict[str, Any]:
    app_secret(stage)
    login(stage)
    stage.sql = lambda _statement, _values: []
    stage.kept["rows"] = rows = set[str]()
    lines = [b"{}", msgspec.json.encode(Entry(key="7", what="replayable", change="insert", row="{}"))]
    body = types.SimpleNamespace(iter_lines=lambda **_size: iter(lines[1:]))
    size = {"ContentLength": sum(len(line) + 1 for line in lines)}
    stage.calls.services["s3"] = lambda _region, operation, _asked: (
        size if operation == "HeadObject" else {"Body": body}
    )

    class Writer:
        """Rows that are there already are left as they are; the SQL is tested with a real database."""

        def __init__(self, *_database: Any) -> None:
            """Holds nothing."""

        def write(self, entries: list[Entry]) -> Outcome:
            """All at once, in one transaction."""
            new = [entry.key for entry in entries if entry.key not in rows]
            stage.calls.made_one("sql:write commit", {}, lambda: rows.update(new), busy=_BROKEN, silence=_BROKEN)
            return Outcome(written=new)

    stage.patch.setattr(write_rows, "Replay", Writer)
    stage.patch.setattr(write_rows, "read_shape", lambda *_table: FIT)
    asked = {"database": "bookings", "table": _TABLE, "file": "f", "version": "v", "include": []}
    return asked | {"offset": len(lines[0]) + 1, "limit": 10}


_BROKEN = pg8000.exceptions.InterfaceError("network error")
CASES = {
    "write_rows": Case(_writing, says_so=True),
    "replay_table": Case(_replaying, blurred=dict.fromkeys(("written", "already"), _UNHEARD)),
    "conclude_replay": Case(_replayed),
    "announce_replay_failure": Case(lambda stage: an_event(stage, replay="001", so_far=FAILED)),
}
