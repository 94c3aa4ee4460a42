"""ReplayTable: one table of a ledger, batch after batch, until its file is at its end."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lyo_dr.decisions.ledger import replay_sentence
from lyo_dr.doorman import Here, step
from lyo_dr.guard import aftercare
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.replaying import COUNTED, next_batch, progress_of

_AT_ONCE = timedelta(seconds=10)


class Request(msgspec.Struct, frozen=True):
    """The incident, its database and table, which replay this is, and keys of conflicts to be overwritten."""

    incident: Incident
    database: str
    table: str
    replay: str
    include: list[str]


@step("ReplayTable", Request)
@aftercare
def handler(request: Request, here: Here) -> Progress:
    """How far it is stands in the table: a batch that is done twice finds its rows there."""
    incident_id, began = request.incident.id, here.now()
    progress = progress_of(here, incident_id, request.replay, request.table)
    while not progress["done"] and here.now() - began < _AT_ONCE:
        progress = next_batch(here, incident_id, request, progress)
    sentence = replay_sentence(request.table, {name: progress[name] for name in COUNTED}, progress["why"])
    if progress["done"]:
        here.tell(incident_id, f"Replayed {sentence}")
    return Progress(status="ready" if progress["done"] else "pending", sentence=sentence)
