"""Promoting one replica: call, wait, adopt or refuse; and when to believe it."""

from __future__ import annotations

from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.facts import Instance, WriteProof
from lyo_dr.model.verdict import Progress


def may_promote(instance: Instance, *, called_by: str | None, deadline: Deadline) -> Progress:
    """``ready`` means: call it now. A promotion this incident has called already is handled by :func:`adopted`."""
    name = instance.identifier
    if instance.source is None:
        by = called_by or "somebody else"
        return Progress(status="broken", sentence=f"{name} is no replica any more; it was promoted by {by}")
    if instance_status(instance.status) == "broken":
        return Progress(status="broken", sentence=f"{name} is {instance.status} and cannot be promoted")
    if instance.status == "available":
        return Progress(status="ready", sentence=f"{name} can be promoted")
    if deadline.expired:
        return Progress(status="broken", sentence=f"{name} has been {instance.status} for the whole promotion budget")
    return Progress(
        status="pending",
        sentence=f"{name} is {instance.status}; RDS would refuse, so we wait",
        wait_seconds=deadline.poll,
    )


def adopted(instance: Instance, called_by: str | None, incident_id: str) -> bool:
    """Whether this incident has called the promotion already: then it is watched, never called again blindly.

    The call may not have been carried out (a crash between the note and the call): a replica that still
    replicates and is ``available`` is therefore promoted after all.
    """
    if called_by != incident_id:
        return False
    return instance.source is None or not (instance.replicating and instance.status == "available")


def promotion_progress(instance: Instance, deadline: Deadline) -> Progress:
    """Done when the source is gone and nothing replicates any more; the status alone proves nothing.

    It may still read ``available`` right after the call. ``backing-up`` does not hold up writes.
    """
    name = instance.identifier
    if instance_status(instance.status) == "broken":
        return Progress(status="broken", sentence=f"{name} became {instance.status} while it was promoted")
    detached = instance.source is None and not instance.replicating
    if detached and (instance_status(instance.status) == "ready" or instance.status == "backing-up"):
        return Progress(status="ready", sentence=f"{name} has left its source ({instance.status})")
    spent = deadline.elapsed
    if deadline.expired:
        return Progress(
            status="broken",
            sentence=f"{name} is still {instance.status} after the whole promotion budget "
            f"({spent.total_seconds():.0f} s)",
        )
    return Progress(
        status="pending", sentence=f"{name} is being promoted ({instance.status})", wait_seconds=deadline.poll
    )


def is_slow(progress: Progress, deadline: Deadline) -> bool:
    """Half of the budget is spent and it still goes on: time for a person to look, before it is over."""
    return progress.status == "pending" and deadline.half_spent


def judge_proof(proof: WriteProof, *, epoch: int, deadline: Deadline) -> Progress:
    """Promoted means proven by a write. Until the budget is spent a read-only database may still come up."""
    if proof.written and proof.epoch == epoch:
        return Progress(status="ready", sentence=f"Database {proof.database} took a write under epoch {epoch}")
    if proof.epoch is not None and proof.epoch > epoch:
        return Progress(
            status="broken",
            sentence=f"Database {proof.database} obeys epoch {proof.epoch}, newer than ours ({epoch})",
        )
    reason = "is still read-only" if proof.in_recovery else f"took no write ({proof.error or 'the row is not there'})"
    if deadline.expired:
        return Progress(
            status="broken",
            sentence=f"Database {proof.database} {reason} although RDS calls it promoted; no traffic",
        )
    return Progress(
        status="pending", sentence=f"Database {proof.database} {reason}; trying again", wait_seconds=deadline.poll
    )
