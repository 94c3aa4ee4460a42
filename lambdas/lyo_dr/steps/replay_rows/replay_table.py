"""ReplayTable: one table of a ledger, batch after batch, until its file is at its end."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.reconciliation import replay_sentence
from lyo_dr.guards import post_close
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.replay_progress import COUNTED, next_batch, progress_of

_AT_ONCE = timedelta(seconds=10)


class Request(msgspec.Struct, frozen=True):
    """The incident, its database and table, which replay this is, and what else is wanted of it."""

    incident: Incident
    database: str
    table: str
    replay: str
    include: list[str]
    also_unknown: bool = False


@step("ReplayTable", Request)
@post_close
def handler(request: Request, ctx: StepContext) -> Progress:
    """How far it is stands in the table: a batch that is done twice finds its rows there."""
    incident_id, began = request.incident.id, ctx.now()
    progress = progress_of(ctx, incident_id, request.replay, request.table)
    while not progress["done"] and ctx.now() - began < _AT_ONCE:
        progress = next_batch(ctx, incident_id, request, progress)
    counts = {name: progress[name] for name in COUNTED}
    sentence = replay_sentence(request.table, counts, progress["why"], progress.get("stamped", []))
    if progress["done"]:
        ctx.record(incident_id, f"Replayed {sentence}")
    return Progress(status="ready" if progress["done"] else "pending", sentence=sentence)
