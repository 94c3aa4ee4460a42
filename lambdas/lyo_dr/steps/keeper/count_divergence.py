"""CountDivergence: once the deposed databases are closed, count what is in them alone.

Runs every minute in the region that took over. The deposed region's function lists keys written lately, this
region's function says which of them are here. Keys travel, never rows. A count that fails is tried again a minute
later, for as long as ``budgets.protection``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from lyo_dr.adapters.aws.functions import invoke
from lyo_dr.decisions.aftermath import rows_diverged
from lyo_dr.decisions.deposed import compare_since, divergence_sentence, must_be_fenced
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError
from lyo_dr.model.fence import Deposed, RecentRows
from lyo_dr.model.plan import Database, Table
from lyo_dr.steps.telling import tell_people

_MOST_ROWS = 1000
_SECONDS = 25.0


class Request(msgspec.Struct, frozen=True):
    """The schedule's event, of which nothing is needed."""


@step("CountDivergence", Request)
def handler(_request: Request, here: Here) -> dict[str, Any]:
    """One read where nobody is deposed, two until the fence is confirmed and after the rows are counted."""
    record = here.system.record()
    known = here.fences.deposed(record.epoch) if must_be_fenced(record, here=here.region) else None
    if known is None or known.confirmed_at is None or known.counted_at is not None:
        return {"counted": False}
    try:
        missing, sentences = _count(known, known.confirmed_at, here)
    except LyoDrError as failure:
        if here.now() - known.confirmed_at < here.plan.budgets.protection:
            raise
        missing, sentences = 0, [f"Divergent rows were not counted: {failure}; a person has to compare"]
    for sentence in sentences:
        here.tell(known.incident, sentence)
    tell_people(here, known.incident, rows_diverged(known.incident, sentences, missing))
    here.fences.keep(msgspec.structs.replace(known, counted_at=here.now()))
    return {"counted": True, "missing": missing}


def _count(known: Deposed, confirmed_at: datetime, here: Here) -> tuple[int, list[str]]:
    since = _since(known, confirmed_at, here)
    missing, sentences = 0, []
    for database in here.plan.databases:
        if not database.tables:
            sentences.append(f"The plan names no tables of {database.name}: nothing was compared")
        for table in database.tables:
            count, sentence = _compare(known, database, table, since, here)
            missing += count
            sentences.append(sentence)
    return missing, sentences


def _compare(known: Deposed, database: Database, table: Table, since: datetime, here: Here) -> tuple[int, str]:
    asked = {"database": database.name, "table": table.name}
    lister, finder = (here.names.function("keeper", name) for name in ("ListRecentRows", "FindRows"))
    question = {**asked, "since": since.isoformat(), "limit": _MOST_ROWS}
    recent = msgspec.convert(invoke(lister, question, here.peer, seconds=_SECONDS), RecentRows)
    found = set(invoke(finder, {**asked, "keys": recent.keys}, here.region, seconds=_SECONDS)) if recent.keys else set()
    missing = [key for key in recent.keys if key not in found]
    if missing:
        here.incidents.note(known.incident, "DIVERGENT", f"{database.name}#{table.name}", ids=missing, cut=recent.cut)
    return len(missing), divergence_sentence(table.name, len(missing), cut=len(recent.keys) if recent.cut else None)


def _since(known: Deposed, confirmed_at: datetime, here: Here) -> datetime:
    head = here.incidents.head(known.incident) or {}
    began = datetime.fromisoformat(head["outage_start"]) if "outage_start" in head else None
    predicted = head.get("predicted_loss_ms")
    loss = None if predicted is None else timedelta(milliseconds=predicted)
    return compare_since(began, loss, rpo=here.plan.objectives.rpo, confirmed_at=confirmed_at)
