"""How far a replay is, and its next batch."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.context import StepContext
from lyo_dr.model.reconciliation import Written

COUNTED = ("written", "already", "conflicting", "refused")
BATCH = 500
"""Rows in one transaction."""
_SECONDS = 40.0
_LEFT = 50


class Asked(Protocol):
    """What one table of one replay is asked to do."""

    @property
    def database(self) -> str:
        """The database's name in the plan."""

    @property
    def table(self) -> str:
        """The table's name."""

    @property
    def replay(self) -> str:
        """The number of the replay, as text."""

    @property
    def include(self) -> list[str]:
        """Keys of conflicts a person wants overwritten."""

    @property
    def also_unknown(self) -> bool:
        """Whether a person wants rows of which nobody knows whether they are the damage."""


def progress_of(ctx: StepContext, incident_id: str, replay: str, table: str) -> dict[str, Any]:
    """How far it is; nothing done yet where nothing is on record."""
    found = ctx.store.incidents.read_note(incident_id, "REPLAYED", f"{replay}#{table}")
    return found or {"offset": 0, "done": False, "why": "", "left": [], **dict.fromkeys(COUNTED, 0)}


def next_batch(ctx: StepContext, incident_id: str, asked: Asked, before: dict[str, Any]) -> dict[str, Any]:
    """Ask the function inside the VPC, which alone sees rows; write down what it says. Raises our errors."""
    ledger = ctx.store.incidents.read_note(incident_id, "LEDGER", f"{asked.database}#{asked.table}") or {}
    if not ledger.get("file"):
        after = {**before, "done": True, "why": str(ledger.get("refused") or "it was not compared")}
        ctx.store.incidents.checkpoint(incident_id, "REPLAYED", f"{asked.replay}#{asked.table}", **after)
        return after
    question = {
        "database": asked.database,
        "table": asked.table,
        "file": ledger["file"],
        "version": ledger["version"],
        "offset": before["offset"],
        "limit": BATCH,
        "include": asked.include,
        "also_unknown": asked.also_unknown,
    }
    function = ctx.names.function("replay_rows", "WriteRows")
    answer = msgspec.convert(invoke(function, question, ctx.region, seconds=_SECONDS), Written)
    after = {
        "offset": answer.offset,
        "done": answer.done,
        "why": answer.why or before["why"],
        "left": [*before["left"], *answer.left][:_LEFT],
        "stamped": sorted({*before.get("stamped", []), *answer.stamped}),
        **{name: before[name] + getattr(answer, name) for name in COUNTED},
    }
    ctx.store.incidents.checkpoint(incident_id, "REPLAYED", f"{asked.replay}#{asked.table}", **after)
    return after
