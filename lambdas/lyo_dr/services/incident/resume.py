"""Taking a failed incident up again: it keeps its id and everything on record; its lease gets a new epoch."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.resume import may_resume
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.verdict import Admission
from lyo_dr.services.incident.admission import seen_lost


def take_up(ctx: StepContext, signal: Signal, execution: str) -> Incident | Admission:
    """The incident under its new epoch, or why it is not taken up. Idempotent for the same execution.

    The head changes first, and only from the state that was read: of two executions at once one goes on. If the lease
    is refused, the incident has failed as before.
    """
    resumes, now = signal.resumes, ctx.now()
    if resumes is None:
        return _no("The signal does not say which incident is taken up again")
    head, control = ctx.store.incidents.head(resumes.incident), ctx.store.control
    verdict = may_resume(
        resumes.incident,
        head,
        execution=execution,
        here=ctx.region,
        record=control.record(),
        lease=control.lease(),
        now=now,
        seen_lost=seen_lost(ctx, now),
    )
    if verdict.admission != "open" or head is None:
        return verdict
    if not ctx.store.incidents.take_up(resumes.incident, execution, head):
        return _no(f"{resumes.incident} was just taken up by another execution")
    lease = control.take_lease(resumes.incident, now, ctx.plan.budgets.lease, anew=True)
    if lease is None:
        ctx.store.incidents.set(resumes.incident, state="failed", ending="failed")
        return _no(f"Another incident took the lease first; {resumes.incident} can be taken up again when it has ended")
    ctx.store.incidents.set(resumes.incident, epoch=lease.epoch)
    ctx.record(resumes.incident, f"{resumes.by or 'An unnamed user'} takes this incident up again: {resumes.why}")
    return Incident(
        id=resumes.incident,
        epoch=lease.epoch,
        region=ctx.region,
        lost_region=str(head["lost_region"]),
        opened_at=lease.taken_at,
        # The region may have served in between: samples show how long it has really been silent.
        outage_start=resumes.at,
        databases=[database.name for database in ctx.plan.replicated()],
        services=[service.name for service in ctx.plan.services],
        lease_region=ctx.region,
        execution=execution,
    )


def incident_id_of(ctx: StepContext, execution: str) -> str:
    """The incident an execution works on, also after it failed to open it. Raises what reading the table raises."""
    incident = ctx.store.incidents.id_of(execution)
    head = None if incident == execution else ctx.store.incidents.head(incident)
    return incident if head is not None and head.get("execution") == execution else execution


def _no(sentence: str) -> Admission:
    return Admission(admission="not_resumable", sentence=sentence)
