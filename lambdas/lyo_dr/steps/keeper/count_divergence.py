"""CountDivergence: once the deposed databases are closed, count the rows that exist only in them.

Runs every minute in the region that took over. The deposed region's function lists keys written lately, this
region's function says which of them are here. Keys travel, never rows. A count that fails is tried again a minute
later, for as long as ``budgets.protection``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.context import StepContext
from lyo_dr.decisions.keeper.aftermath import rows_diverged
from lyo_dr.decisions.keeper.deposed import compare_since, divergence_sentence, must_be_fenced
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.model.fence import Deposed, RecentRows
from lyo_dr.model.plan import Database, Table
from lyo_dr.services.common.notify import notify

_MOST_ROWS = 1000
_SECONDS = 25.0


class Request(msgspec.Struct, frozen=True):
    """The schedule's event, of which nothing is needed."""


@step("CountDivergence", Request)
def handler(_request: Request, ctx: StepContext) -> dict[str, Any]:
    """One read if no region is deposed, two until the fence is confirmed and after the rows are counted."""
    record = ctx.store.control.record()
    known = ctx.store.fences.deposed(record.epoch) if must_be_fenced(record, here=ctx.region) else None
    if known is None or known.confirmed_at is None or known.counted_at is not None:
        return {"counted": False}
    try:
        missing, sentences = _count(known, known.confirmed_at, ctx)
    except LyoDrError as failure:
        if ctx.now() - known.confirmed_at < ctx.plan.budgets.protection:
            raise
        missing, sentences = 0, [f"Divergent rows were not counted: {failure}; a person has to compare them"]
    for sentence in sentences:
        ctx.record(known.incident, sentence)
    notify(ctx, known.incident, rows_diverged(known.incident, sentences, missing))
    ctx.store.fences.keep(msgspec.structs.replace(known, counted_at=ctx.now()))
    return {"counted": True, "missing": missing}


def _count(known: Deposed, confirmed_at: datetime, ctx: StepContext) -> tuple[int, list[str]]:
    missing, sentences = 0, []
    for database in ctx.plan.databases_in(ctx.region):
        since = _since(known, database, confirmed_at, ctx)
        if not database.tables:
            sentences.append(f"The plan names no tables of {database.name}: nothing was compared")
        for table in database.tables:
            count, sentence = _compare(known, database, table, since, ctx)
            missing += count
            sentences.append(sentence)
    return missing, sentences


def _compare(known: Deposed, database: Database, table: Table, since: datetime, ctx: StepContext) -> tuple[int, str]:
    if table.time is None:
        return 0, f"{table.name} has no time column in the plan: its rows were not compared"
    asked = {"database": database.name, "table": table.name}
    lister, finder = (ctx.names.function("keeper", name) for name in ("ListRecentRows", "FindRows"))
    question = {**asked, "since": since.isoformat(), "limit": _MOST_ROWS}
    recent = msgspec.convert(invoke(lister, question, ctx.peer_region, seconds=_SECONDS), RecentRows)
    found = set(invoke(finder, {**asked, "keys": recent.keys}, ctx.region, seconds=_SECONDS)) if recent.keys else set()
    missing = [key for key in recent.keys if key not in found]
    if missing:
        ctx.store.incidents.record_once(
            known.incident, "DIVERGENT", f"{database.name}#{table.name}", ids=missing, cut=recent.cut
        )
    return len(missing), divergence_sentence(table.name, len(missing), cut=len(recent.keys) if recent.cut else None)


def _since(known: Deposed, database: Database, confirmed_at: datetime, ctx: StepContext) -> datetime:
    head = ctx.store.incidents.head(known.incident) or {}
    began = datetime.fromisoformat(head["outage_start"]) if "outage_start" in head else None
    predicted = head.get("predicted_loss_ms")
    loss = None if predicted is None else timedelta(milliseconds=predicted)
    return compare_since(began, loss, rpo=ctx.plan.rpo_of(database), confirmed_at=confirmed_at)
