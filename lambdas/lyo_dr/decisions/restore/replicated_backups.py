"""Recovery point within replicated backups; later backups were lost with their region. Pure."""

from __future__ import annotations

from lyo_dr.model.restore import IntegrityCheck, RecoveryPoint, RestoreRequest, Target, Window

_GONE = "the replica cannot be promoted, so its latest backup is used"
_NONE = "it has no replica, so its latest backup is used"


def without_a_wish(faults: list[str], runs: list[IntegrityCheck], *, replica: bool = True) -> RestoreRequest:
    """Damaged data: to before the damage, by evidence. A lost replica, or none: to the latest backup.

    Without a replica nothing here has ever looked at the data; that of the restored instance is judged afterwards.
    """
    if not replica:
        return RestoreRequest(latest=True, why=_NONE)
    damaged = bool(faults) or (bool(runs) and bool(runs[-1].faults))
    return RestoreRequest() if damaged else RestoreRequest(latest=True, why=_GONE)


def as_far_as_replicated(wish: RestoreRequest, window: Window) -> RestoreRequest:
    """Limit the requested recovery point to the latest replicated one: nothing later exists."""
    if wish.restore_to is None or window.latest is None or wish.restore_to <= window.latest:
        return wish
    return RestoreRequest(restore_to=window.latest)


def within_replicated(verdict: RecoveryPoint, window: Window) -> RecoveryPoint:
    """Limit the chosen recovery point to the latest replicated one, which is before the damage, too."""
    target = verdict.target
    if target is None or target.kind != "moment" or target.at is None or window.latest is None:
        return verdict
    if target.at <= window.latest:
        return verdict
    sentence = f"{verdict.sentence}; limited to what was replicated here"
    latest = Target(kind="latest", at=window.latest)
    return RecoveryPoint(status=verdict.status, sentence=sentence, target=latest, evidence=verdict.evidence)
