"""Which moment of replicated backups is wanted, and what of it is there; the rest is gone with its region. Pure."""

from __future__ import annotations

from lyo_dr.model.restore import IntegrityCheck, RecoveryPoint, RestoreRequest, Target, Window

_GONE = "the replica cannot be promoted, and the latest of its backups is what is left"


def without_a_wish(faults: list[str], runs: list[IntegrityCheck]) -> RestoreRequest:
    """Damage goes back to before it, by evidence; a replica that is gone to the latest there is."""
    damaged = bool(faults) or (bool(runs) and bool(runs[-1].faults))
    return RestoreRequest() if damaged else RestoreRequest(latest=True, why=_GONE)


def as_far_as_replicated(wish: RestoreRequest, window: Window) -> RestoreRequest:
    """A moment after the last one that arrived here is cut to that: nothing later is left anywhere."""
    if wish.restore_to is None or window.latest is None or wish.restore_to <= window.latest:
        return wish
    return RestoreRequest(restore_to=window.latest)


def within_replicated(verdict: RecoveryPoint, window: Window) -> RecoveryPoint:
    """A moment before the damage that never arrived here is cut to the latest that did: that is before it, too."""
    target = verdict.target
    if target is None or target.kind != "moment" or target.at is None or window.latest is None:
        return verdict
    if target.at <= window.latest:
        return verdict
    sentence = f"{verdict.sentence}; only what had arrived here is left"
    latest = Target(kind="latest", at=window.latest)
    return RecoveryPoint(status=verdict.status, sentence=sentence, target=latest, evidence=verdict.evidence)
