"""ChooseDelayed: promote the delayed replica instead of restoring, if it is certainly from before the damage."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.dead_instance import wish_of
from lyo_dr.decisions.restore.delayed_replica import choose_way
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.delayed_replica import DelayedReplicaChoice
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.delayed_replica import hold, let_go_on


class Request(msgspec.Struct, frozen=True):
    """The incident, and what started it."""

    incident: Incident
    signal: Signal


@step("ChooseDelayed", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> DelayedReplicaChoice:
    """Decided once: what was chosen is an attempt on record, and a replica that was used is never used again."""
    incident, database = request.incident, ctx.plan.database(request.signal.database)
    name, attempts = database.delayed_in(ctx.region), Attempts(ctx, incident.id)
    if attempts.delayed() is not None:
        return DelayedReplicaChoice(
            status="promote" if attempts.at_delayed() else "restore", sentence="Already decided"
        )
    if name is None:
        return DelayedReplicaChoice(status="restore", sentence=f"The plan names no delayed replica in {ctx.region}")
    planned = database.instance_in(ctx.region)
    verdict = choose_way(
        hold(ctx, incident, database.name, name),
        damaged=attempts.damaged(database.name),
        target=attempts.all()[-1],
        named=wish_of(request.signal, ctx.store.databases.runs(database.name, ctx.now())).named,
        searched=attempts.open_search() is not None,
        begun=len(attempts.all()) > 1 or Backups(ctx.region).find(attempts.instance(planned)) is not None,
    )
    if verdict.at is not None:
        attempts.use_delayed(name, verdict.at)
    said = let_go_on(ctx, incident, database.name) if verdict.at is None else ""
    ctx.record(incident.id, f"{verdict.sentence}; {said}" if said else verdict.sentence)
    return verdict
