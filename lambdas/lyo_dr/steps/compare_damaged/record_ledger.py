"""RecordLedger: record the figures on the timeline, and the input of a later replay."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.reconciliation import facts_of, table_sentence
from lyo_dr.decisions.restore.reconciliation_messages import ledger_made
from lyo_dr.guards import post_close
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted
from lyo_dr.model.reconciliation import Compared
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and what each of its tables came to."""

    incident: Incident
    database: str
    tables: list[Compared]


@step("RecordLedger", Request, timeline=True)
@post_close
def handler(request: Request, ctx: StepContext) -> Progress:
    """The first ledger of an incident is the one that counts: people have been shown it."""
    incident, tables = request.incident, request.tables
    for table in tables:
        ctx.store.incidents.record_once(
            incident.id, "LEDGER", f"{request.database}#{table.table}", **msgspec.to_builtins(table)
        )
    whole = {
        "database": request.database,
        "facts": facts_of(tables),
        "incident": msgspec.json.encode(incident).decode(),
    }
    ctx.store.incidents.record_once(incident.id, "REPLAYABLE", request.database, **whole)
    sentences = [table_sentence(table) for table in tables]
    sentences = sentences or [f"The plan names no tables of {request.database}: nothing was compared"]
    for sentence in sentences:
        ctx.record(incident.id, sentence)
    replayable = sum(table.replayable for table in tables)
    unknown = sum(table.unknown for table in tables)
    notify(ctx, incident.id, ledger_made(incident.id, sentences, replayable, unknown))
    ending = f"`lyo-dr replay {incident.id}` writes them back" if replayable else "nothing to replay"
    if unknown:
        ending = f"`lyo-dr replay {incident.id}` shows both and writes back what you name"
    verbs = ("exists", "has") if replayable == 1 else ("exist", "have")
    rows = f"{counted(replayable, 'row')} {verbs[0]} only in the damaged database and {verbs[1]} no conflict"
    doubt = f"; whether {counted(unknown, 'more row')} may be the damage is not known" if unknown else ""
    sentence = f"{rows}{doubt}; {ending}"
    return Progress(status="ready", sentence=sentence)
