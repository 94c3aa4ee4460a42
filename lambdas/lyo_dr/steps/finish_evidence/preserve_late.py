"""PreserveLate: what suspects did, as AWS CloudTrail tells it minutes later, and whether the snapshots are there."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.evidence import Suspects
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import Snapshot
from lyo_dr.model.verdict import Progress
from lyo_dr.services.breach.cloudtrail_lookup import preserve_actions
from lyo_dr.services.breach.evidence_store import EvidenceStore, as_json
from lyo_dr.services.common.present import databases_here

_PART = "databases"


class Request(msgspec.Struct, frozen=True):
    """The incident, who is suspected, and when this began."""

    incident: Incident
    suspects: Suspects
    started_at: datetime


@step("PreserveLate", Request)
def handler(request: Request, ctx: StepContext) -> Progress:
    """Waits until history and snapshots have had their time, the latter no longer than a restore may take."""
    waited, plan = ctx.now() - request.started_at, ctx.plan
    kept, incident = EvidenceStore(ctx, request.incident), request.incident
    if waited < plan.evidence.late_after:
        return Progress(status="pending", sentence="The event history is not complete yet", wait_seconds=ctx.poll)
    preserve_actions(request.suspects.principals, "second", kept, ctx)
    over = waited >= plan.evidence.late_after + plan.budgets.restore
    there = [_is_settled(incident, each.name, kept, ctx, over=over) for each, _ in databases_here(ctx)]
    if not all(there):
        return Progress(status="pending", sentence="A snapshot is still being taken", wait_seconds=ctx.poll)
    return Progress(status="ready", sentence="The second event history is preserved")


def _is_settled(incident: Incident, database: str, kept: EvidenceStore, ctx: StepContext, *, over: bool) -> bool:
    """Whether the snapshot is on record, as available or as missing."""
    planned = ctx.plan.database(database).instance_in(ctx.region)
    instance, name = ctx.store.databases.instance(database, planned), ctx.names.evidence(planned, incident.id)
    file, what = f"snapshots/{name}.json", f"snapshot {name}"

    def look() -> None:
        found: list[Snapshot] = [one for one in Backups(ctx.region).snapshots(instance) if one.identifier == name]
        status = found[0].status if found else "missing"
        if status == "available":
            kept.keep(_PART, file, f"{what} is available", as_json(msgspec.to_builtins(found[0])))
        elif over or status in ("missing", "failed"):
            kept.miss(_PART, file, what, f"it is {status}")

    kept.attempt(_PART, file, what, look)
    return kept.has(file)
