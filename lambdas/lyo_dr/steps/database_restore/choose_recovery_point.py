"""ChooseRecoveryPoint: the recovery point and its evidence, before anything is stopped."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.dead_instance import beyond_rpo, how_to_go_on, wish_of, with_loss
from lyo_dr.decisions.restore.delayed_replica import paused_meanwhile
from lyo_dr.decisions.restore.recovery_point import choose_recovery_point, held_for_a_person
from lyo_dr.decisions.restore.resume import done_before, go_on
from lyo_dr.decisions.restore.search import to_search
from lyo_dr.guards import containment
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.restore import DatabaseEvidence, IntegrityCheck, RecoveryPoint, RestoreRequest
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.delayed_replica import held_here
from lyo_dr.services.restore.resume import take_up, to_take_up


class Request(msgspec.Struct, frozen=True):
    """The incident, what an operator wants, and what the database says."""

    incident: Incident
    signal: Signal
    evidence: DatabaseEvidence


@step("ChooseRecoveryPoint", Request, timeline=True)
@containment
def handler(request: Request, ctx: StepContext) -> RecoveryPoint:
    """Record the chosen recovery point as the first attempt; it opens the gate of this incident."""
    incident, signal = request.incident, request.signal
    database = ctx.plan.database(signal.database)
    former = to_take_up(ctx, incident.id, database.name)
    instance = (
        Attempts(ctx, former).damaged(database.name)
        if former
        else ctx.store.databases.instance(database.name, database.instance_in(ctx.region))
    )
    runs = ctx.store.databases.runs(database.name, ctx.now())
    verdict = _as_allowed(_choose(request, instance, former, runs, ctx), request, runs, ctx)
    if verdict.target is not None:
        take_up(ctx, incident.id, database.name, former)
        # Before the attempt: a retry that finds one resumes it, and asks it for the damaged instance.
        ctx.store.incidents.record_once(incident.id, "DAMAGED", database.name, instance=instance)
        attempts = Attempts(ctx, incident.id)
        tried = attempts.all()
        if verdict.target not in tried:
            attempts.add(len(tried) + 1, verdict.target, verdict.search)
        lost = None if verdict.loss_seconds is None else round(verdict.loss_seconds * 1000)
        cause = "instance" if verdict.target.kind == "latest" else "data"
        ctx.store.incidents.set(
            incident.id, gate="open", restored_to=str(verdict.target), cause=cause, predicted_loss_ms=lost
        )
    held = held_here(ctx, incident.id, database.name) if verdict.status == "held" else None
    if held is not None:
        verdict = msgspec.structs.replace(verdict, evidence=[*verdict.evidence, paused_meanwhile(held)])
    return verdict


def _choose(
    request: Request, instance: str, former: str | None, runs: list[IntegrityCheck], ctx: StepContext
) -> RecoveryPoint:
    signal, backups, database = request.signal, Backups(ctx.region), ctx.plan.database(request.signal.database)
    if former and backups.find(instance) is None:
        return done_before(former, instance)
    wish = wish_of(signal, runs)
    verdict = choose_recovery_point(
        wish,
        evidence=request.evidence,
        runs=runs,
        window=backups.window(instance),
        snapshots=backups.snapshots(instance),
        now=ctx.now(),
    )
    if former:
        attempts, asked = Attempts(ctx, former), wish if signal.source == "operator" else RestoreRequest()
        return go_on(asked, verdict, tried=attempts.all(), search=attempts.open_search(), former=former)
    return to_search(verdict, wish, database.integrity, request.evidence, runs, database.restore)


def _as_allowed(
    verdict: RecoveryPoint, request: Request, runs: list[IntegrityCheck], ctx: StepContext
) -> RecoveryPoint:
    """Add the loss, and hold it for approval if needed, with the command that approves it."""
    verdict, signal = with_loss(verdict, outage_start=request.incident.outage_start), request.signal
    if signal.source == "operator" or verdict.status != "chosen":
        return verdict
    database = ctx.plan.database(signal.database)
    automatic = database.restore.start == "automatic"
    verdict = beyond_rpo(verdict, ctx.plan.rpo_of(database)) if automatic else held_for_a_person(verdict)
    return how_to_go_on(verdict, database.name, wish_of(signal, runs))
