"""Choice of the recovery point: given by an operator, or found by the cheapest evidence (point-in-time recovery).

The baselines bracket the damage; the commit of a transaction that rewrote much of a table dates it to the microsecond.
RDS restores to whole seconds, so the best recovery point is the second before the damage.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.decisions.common.integrity import last_good
from lyo_dr.model.restore import (
    DatabaseEvidence,
    IntegrityCheck,
    MassChange,
    RecoveryPoint,
    RestoreRequest,
    Snapshot,
    Target,
    Window,
)

_SECOND = timedelta(seconds=1)


def choose_recovery_point(
    wish: RestoreRequest,
    *,
    evidence: DatabaseEvidence,
    runs: list[IntegrityCheck],
    window: Window,
    snapshots: list[Snapshot],
    now: datetime,
) -> RecoveryPoint:
    """The target of the first restore, or a refusal with the nearest valid recovery point."""
    damage = find_damage(evidence, runs)
    if wish.snapshot is not None:
        return _snapshot(wish.snapshot, snapshots)
    if wish.latest:
        return _latest(damage, window, wish.why)
    if wish.restore_to is not None:
        return _wanted(wish.restore_to, damage, window, now)
    return _found(damage, evidence, runs, window)


def held_for_a_person(verdict: RecoveryPoint) -> RecoveryPoint:
    """Hold a recovery point found after an alarm, if the plan requires approval."""
    if verdict.status != "chosen":
        return verdict
    sentence = f"{verdict.sentence}. The plan requires approval; nothing was changed"
    return RecoveryPoint(status="held", sentence=sentence, evidence=verdict.evidence)


def find_damage(evidence: DatabaseEvidence, runs: list[IntegrityCheck]) -> MassChange | None:
    """The first transaction after the last good run that rewrote much of a table; None if none stands out."""
    good = last_good(runs)
    suspects = [change for change in evidence.changes if good is None or change.at > good.at]
    return min(suspects, key=lambda change: change.at, default=None)


def before(at: datetime) -> datetime:
    """The last whole second before a commit."""
    whole = at.replace(microsecond=0)
    return whole if whole < at else whole - _SECOND


def next_target(
    tried: list[Target], runs: list[IntegrityCheck], window: Window, snapshots: list[Snapshot]
) -> Target | None:
    """After restored data was damaged: the last good run before it, then the newest snapshot, else None."""
    oldest = min((target.at for target in tried if target.at is not None), default=None)
    good = last_good(runs, oldest)
    if good is not None and _within(before(good.at), window) and oldest is not None:
        return Target(kind="moment", at=before(good.at))
    used = {target.snapshot for target in tried}
    found = [s for s in snapshots if s.status == "available" and s.at is not None and s.identifier not in used]
    older = [s for s in found if oldest is None or (s.at is not None and s.at < oldest)]
    newest = max(older, key=lambda snapshot: str(snapshot.at), default=None)
    return None if newest is None else Target(kind="snapshot", at=newest.at, snapshot=newest.identifier)


def _snapshot(wanted: str, snapshots: list[Snapshot]) -> RecoveryPoint:
    known = {snapshot.identifier: snapshot for snapshot in snapshots}
    if wanted not in known or known[wanted].status != "available":
        newest = max((s for s in snapshots if s.status == "available"), key=lambda s: str(s.at), default=None)
        nearest = f"; the newest available one is {newest.identifier}" if newest else "; there is none"
        return RecoveryPoint(status="refused", sentence=f"Snapshot {wanted} is not available{nearest}")
    target = Target(kind="snapshot", at=known[wanted].at, snapshot=wanted)
    return _chosen(target, [f"requested by an operator; everything after {known[wanted].at:%H:%M:%S} UTC is lost"])


def _latest(damage: MassChange | None, window: Window, why: str) -> RecoveryPoint:
    if damage is not None:
        sentence = (
            f"The latest recovery point is after the damage ({_described(damage)}); {_nearest(before(damage.at))}"
        )
        return RecoveryPoint(status="refused", sentence=sentence)
    return _chosen(Target(kind="latest", at=window.latest), [why])


def _wanted(wanted: datetime, damage: MassChange | None, window: Window, now: datetime) -> RecoveryPoint:
    if wanted > now:
        nearest = (damage and before(damage.at)) or window.latest
        return RecoveryPoint(status="refused", sentence=f"{_told(wanted)} is in the future; {_nearest(nearest)}")
    if damage is not None and wanted >= (damage.until or damage.at):
        sentence = f"{_told(wanted)} is after the damage ({_described(damage)}); {_nearest(before(damage.at))}"
        return RecoveryPoint(status="refused", sentence=sentence)
    if window.earliest is not None and wanted < window.earliest:
        return RecoveryPoint(
            status="refused", sentence=f"{_told(wanted)} is before the first backup; {_nearest(window.earliest)}"
        )
    if window.latest is None or wanted > window.latest:
        return RecoveryPoint(
            status="refused", sentence=f"{_told(wanted)} is not in the backups yet; {_nearest(window.latest)}"
        )
    return _chosen(Target(kind="moment", at=wanted.replace(microsecond=0)), ["requested by an operator"])


def _found(
    damage: MassChange | None, evidence: DatabaseEvidence, runs: list[IntegrityCheck], window: Window
) -> RecoveryPoint:
    good = last_good(runs)
    told = (
        [f"the data was good at {_told(good.at)} (LSN {good.lsn})"]
        if good
        else ["no good integrity check is on record"]
    )
    told += [f"unread: {evidence.error}"] if evidence.error else []
    if damage is not None:
        target, told = before(damage.at), [*told, _described(damage)]
    elif good is not None:
        target, told = before(good.at), [*told, "no single transaction stands out since; using the last good check"]
    else:
        return RecoveryPoint(
            status="refused", sentence="It is unknown when the data was good; name a recovery point", evidence=told
        )
    if window.earliest is not None and target < window.earliest:
        return RecoveryPoint(
            status="refused", sentence=f"{_told(target)} is before the first backup; {_nearest(window.earliest)}"
        )
    return _chosen(Target(kind="moment", at=target), told)


def _chosen(target: Target, evidence: list[str]) -> RecoveryPoint:
    sentence = f"Restoring to {target}: {'; '.join(evidence)}"
    return RecoveryPoint(status="chosen", sentence=sentence, target=target, evidence=evidence)


def _within(at: datetime, window: Window) -> bool:
    return window.earliest is None or at >= window.earliest


def _described(change: MassChange) -> str:
    if change.until is not None:
        between = f"between {_told(change.at)} and {_told(change.until)}"
        return f"{change.rows} of {change.of} rows of {change.table} were {change.how} {between}"
    return f"one transaction {change.how} {change.rows} of {change.of} rows of {change.table} at {_told(change.at)}"


def _nearest(at: datetime | None) -> str:
    return f"the nearest recovery point is {at.isoformat()}" if at else "no recovery point is available yet"


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f} UTC" if at.microsecond else f"{at:%Y-%m-%d %H:%M:%S} UTC"
