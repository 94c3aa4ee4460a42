"""ConcludeRestore: what was restored, the evidence, and the loss, for the final notification."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.delayed_replica import used_up
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted
from lyo_dr.model.restore import DatabaseEvidence, NewInstance, RecoveryPoint
from lyo_dr.model.verdict import Outcome
from lyo_dr.services.restore.attempts import Attempts, keep_as_good


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, the first moment, and the instance users are served by."""

    incident: Incident
    database: str
    moment: RecoveryPoint
    beside: NewInstance
    restored: DatabaseEvidence


@step("ConcludeRestore", Request)
@polling
def handler(request: Request, ctx: StepContext) -> Outcome:
    """Unprotected until a new replica streams; the process that makes one is started after this."""
    incident, attempts = request.incident, Attempts(ctx, request.incident.id)
    keep_as_good(ctx, request.database, request.restored)
    tried, made, damaged = attempts.all(), attempts.restores(), attempts.damaged(request.database)
    ctx.store.incidents.set(incident.id, restored_to=str(tried[-1]), restores=made, instance=request.beside.identifier)
    sentence = (
        f"{request.database} is restored to {tried[-1]}, in {request.beside.identifier}; unprotected until a replica"
    )
    kept = f"Later writes are in {damaged}, which is kept, and in its snapshot"
    if request.moment.target is not None and request.moment.target.kind == "latest":
        kept = f"Writes missing in the backup may still be in {damaged}, which is kept"
    named = ctx.plan.database(request.database).delayed_in(ctx.region)
    gone = used_up(attempts.delayed(), named, damaged)
    return Outcome(
        ending="recovered",
        sentence=f"{sentence} streams",
        reasons=[
            *request.moment.evidence,
            *attempts.evidence(),
            counted(made, "restore"),
            kept,
            *gone,
        ],
    )
