"""Read-only mode of the application during a restore: ``restore.stop: read_only``."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.context import StepContext
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import WritesSet

_NOTE = "READ_ONLY"
_MARGIN_SECONDS = 5.0


def let_read_only(ctx: StepContext, incident: Incident, database: str) -> WritesSet:
    """No new transaction of the application writes, and its sessions are ended; noted first, so it can be undone."""
    ctx.store.incidents.record_once(incident.id, _NOTE, database)
    return _ask(ctx, incident, database, allowed=False)


def let_write_again(ctx: StepContext, incident: Incident, database: str) -> str:
    """Where it had been made read-only; what was done in a few words, empty where nothing had to be."""
    if ctx.store.incidents.read_note(incident.id, _NOTE, database) is None:
        return ""
    answer = _ask(ctx, incident, database, allowed=True)
    return (
        f"{database} accepts writes" if answer.done else f"{database} could not be reopened for writes: {answer.reason}"
    )


def _ask(ctx: StepContext, incident: Incident, database: str, *, allowed: bool) -> WritesSet:
    function = ctx.names.function("database_restore", "LetAppWrite")
    asked = {"database": database, "allowed": allowed, "epoch": incident.epoch}
    seconds = ctx.plan.timing.sql_timeout.total_seconds() + _MARGIN_SECONDS
    return msgspec.convert(invoke(function, asked, ctx.region, seconds=seconds), WritesSet)
