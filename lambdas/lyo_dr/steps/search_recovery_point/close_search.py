"""CloseSearch: record the result as the first attempt and clean up all other temporary instances."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.search import conclude
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.search import Bracket
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.search_restores import Probes


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, what was searched, and since when."""

    incident: Incident
    database: str
    search: Bracket
    started_at: datetime


@step("CloseSearch", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """Reached however the search ended. Users wait for nothing but the instance that is kept.

    What RDS does not delete now, such as an instance that is still created for half an hour, is left to the keeper.
    """
    incident, name = request.incident, request.database
    rules, probes, attempts = (
        ctx.plan.database(name).restore,
        Probes(ctx, incident.id, name),
        Attempts(ctx, incident.id),
    )
    source = Backups(ctx.region).describe(attempts.damaged(name))
    size, protected = source["DBInstanceClass"], bool(source.get("DeletionProtection"))
    found = conclude(request.search, probes.looks(), rules, size=size, begun=request.started_at, now=ctx.now())
    attempts.refine(found)
    ctx.store.databases.search(name, incident.id, request.started_at + rules.search_budget, kept=found.instance)
    kept = found.instance is None or probes.keep(found.instance, protected=protected)
    left = probes.sweep(found.instance)
    deadline = ctx.deadline(request.started_at, rules.search_budget + ctx.plan.budgets.capacity)
    if not kept and not deadline.expired:
        return Progress(status="pending", sentence=f"RDS is busy with {found.instance}", wait_seconds=ctx.poll)
    if left:
        ctx.store.databases.search(name, incident.id, ctx.now(), kept=found.instance, closed=True)
        ctx.record(incident.id, f"Not deleted yet, left to the keeper: {', '.join(left)}")
    else:
        ctx.store.databases.end_search(name)
    ctx.store.incidents.set(incident.id, searched=found.restores, restored_to=f"{found.at:%Y-%m-%d %H:%M:%S} UTC")
    ctx.record(incident.id, found.sentence)
    return Progress(status="ready", sentence=found.sentence)
