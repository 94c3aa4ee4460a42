"""PutBack: roll back a failed restore: the previous secrets, task counts and write access."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import check_not_paused, hold_lease
from lyo_dr.handler import step
from lyo_dr.model.deadline import patience
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.lost_lease import regain_lease
from lyo_dr.services.restore.rollback import roll_back


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PutBack", Request)
def handler(request: Request, ctx: StepContext) -> Progress:
    """Also after another incident took the lease over: once that has ended, and if it did not take this region over."""
    regained, incident = regain_lease(ctx, request.incident)
    if regained.status == "waits":
        wait = _wait(ctx, incident, regained.sentence)
        return Progress(status="pending", sentence=regained.sentence, wait_seconds=wait)
    sentence = regained.sentence
    if regained.status != "handed_over":
        hold_lease(ctx, incident)
        check_not_paused(ctx, incident.id)
        sentence = roll_back(ctx, incident, request.database)
    ctx.record(incident.id, sentence)
    return Progress(status="ready", sentence=sentence)


def _wait(ctx: StepContext, incident: Incident, why: str) -> int:
    """Seconds to the next look, ever rarer: the other incident may take hours. The timeline says once what it is."""
    now, incidents = ctx.now(), ctx.store.incidents
    if incidents.record_once(incident.id, "WAITS", "PUT_BACK", since=now.isoformat()):
        ctx.record(incident.id, why)
    since = (incidents.read_note(incident.id, "WAITS", "PUT_BACK") or {}).get("since", now.isoformat())
    return patience(now - datetime.fromisoformat(since), ctx.plan.timing.poll)
