"""Promotion of one replica: start, wait, adopt or refuse; and when it counts as done."""

from __future__ import annotations

from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import Instance, WriteProof
from lyo_dr.model.verdict import Progress


def may_promote(instance: Instance, *, called_by: str | None, deadline: Deadline) -> Progress:
    """``ready`` means: call it now. A promotion this incident has called already is handled by :func:`adopted`.

    The call is made in every status in which an instance can be changed. ``storage-optimization`` is one: it may last
    for more than a day, and only changes of the storage are refused meanwhile (AWS knowledge centre, "RDS stuck in
    storage optimization"). What RDS refuses all the same is tried again within the budget.
    """
    name = instance.identifier
    if instance.source is None:
        by = called_by or "someone else"
        return Progress(status="broken", sentence=f"{name} is no longer a replica; it was promoted by {by}")
    if instance_status(instance.status) == "broken":
        return Progress(status="broken", sentence=f"{name} is {instance.status} and cannot be promoted")
    if instance_status(instance.status) == "ready":
        return Progress(status="ready", sentence=f"{name} can be promoted")
    if deadline.expired:
        return Progress(status="broken", sentence=f"{name} has been {instance.status} for the whole promotion budget")
    return Progress(
        status="pending",
        sentence=f"{name} is {instance.status}; waiting, because RDS would refuse now",
        wait_seconds=deadline.poll,
    )


def adopted(instance: Instance, called_by: str | None, incident_id: str, *, accepted: bool) -> bool:
    """Whether this incident has started the promotion already (idempotent: it is watched, not started again).

    ``called_by`` is on record before the call, ``accepted`` once RDS has accepted it. A call that may have been refused
    is no promotion: it counts only if RDS accepted it, or if the source is gone. After a crash between the two records
    the call is made once more: RDS refuses a second one while the first is carried out.
    """
    return called_by == incident_id and (accepted or instance.source is None)


def promotion_refused(refusal: str, deadline: Deadline) -> Progress:
    """RDS refused the call: look again, for it was busy or has carried out an earlier call, until the budget ends."""
    return Progress(
        status="broken" if deadline.expired else "pending",
        sentence=f"RDS refused for now: {refusal}",
        wait_seconds=deadline.poll,
    )


def promotion_progress(instance: Instance, deadline: Deadline) -> Progress:
    """Done when the source is gone and replication has stopped; the status alone proves nothing.

    It may still be ``available`` right after the call. ``backing-up`` does not block writes.
    """
    name = instance.identifier
    if instance_status(instance.status) == "broken":
        return Progress(status="broken", sentence=f"{name} became {instance.status} while it was promoted")
    detached = instance.source is None and not instance.replicating
    if detached and (instance_status(instance.status) == "ready" or instance.status == "backing-up"):
        return Progress(status="ready", sentence=f"{name} is detached from its source ({instance.status})")
    spent = deadline.elapsed
    if deadline.expired:
        return Progress(
            status="broken",
            sentence=f"{name} is still {instance.status} after the whole promotion budget ({humanize(spent)})",
        )
    return Progress(
        status="pending", sentence=f"{name} is being promoted ({instance.status})", wait_seconds=deadline.poll
    )


def is_slow(progress: Progress, deadline: Deadline) -> bool:
    """Whether half of the budget is used and the promotion is still pending: time to notify a person."""
    return progress.status == "pending" and deadline.half_spent


def judge_proof(proof: WriteProof, *, epoch: int, deadline: Deadline) -> Progress:
    """Promoted means proven by a write. Within the budget a read-only database may still become writable."""
    if proof.written and proof.epoch == epoch:
        return Progress(status="ready", sentence=f"Database {proof.database} accepted a write under epoch {epoch}")
    if proof.epoch is not None and proof.epoch > epoch:
        return Progress(
            status="broken",
            sentence=f"Database {proof.database} is at epoch {proof.epoch}, newer than ours ({epoch})",
        )
    reason = (
        "is still read-only" if proof.in_recovery else f"did not accept a write ({proof.error or 'the row is missing'})"
    )
    if deadline.expired:
        return Progress(
            status="broken",
            sentence=f"Database {proof.database} {reason} although RDS reports it as promoted; traffic stays",
        )
    return Progress(
        status="pending", sentence=f"Database {proof.database} {reason}; trying again", wait_seconds=deadline.poll
    )
