"""Which moment of replicated backups is wanted, and what of it is there; the rest is gone with its region. Pure."""

from __future__ import annotations

from lyo_dr.model.restore import Moment, Run, Target, Window, Wish

_GONE = "the replica cannot be promoted, and the latest of its backups is what is left"


def without_a_wish(faults: list[str], runs: list[Run]) -> Wish:
    """Damage goes back to before it, by evidence; a replica that is gone to the latest there is."""
    damaged = bool(faults) or (bool(runs) and bool(runs[-1].faults))
    return Wish() if damaged else Wish(latest=True, why=_GONE)


def as_far_as_replicated(wish: Wish, window: Window) -> Wish:
    """A moment after the last one that arrived here is cut to that: nothing later is left anywhere."""
    if wish.restore_to is None or window.latest is None or wish.restore_to <= window.latest:
        return wish
    return Wish(restore_to=window.latest)


def within_replicated(verdict: Moment, window: Window) -> Moment:
    """A moment before the damage that never arrived here is cut to the latest that did: that is before it, too."""
    target = verdict.target
    if target is None or target.kind != "moment" or target.at is None or window.latest is None:
        return verdict
    if target.at <= window.latest:
        return verdict
    sentence = f"{verdict.sentence}; only what had arrived here is left"
    latest = Target(kind="latest", at=window.latest)
    return Moment(status=verdict.status, sentence=sentence, target=latest, evidence=verdict.evidence)
