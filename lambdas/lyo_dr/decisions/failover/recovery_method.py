"""Choice of the recovery method: promote the replica, or restore from replicated backups (point-in-time recovery).

A replica is seconds behind, backups are minutes behind, so a healthy replica is promoted. If it is gone, or its data
fails the integrity queries, only the backups are left, with more loss. A database that the plan gives no replica has
nothing else, and nobody is asked which of the two.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.facts import LossWindow
from lyo_dr.model.plan import Database
from lyo_dr.model.recovery_method import RecoveryMethod, ReplicaFacts
from lyo_dr.model.restore import RestoreRequest

_SECOND = timedelta(seconds=1)


def choose_way(database: Database, blockers: list[str], facts: ReplicaFacts) -> RecoveryMethod:
    """Choose the method. ``blockers``: why the replica cannot be promoted; they remain if there is no backup either."""
    name = database.name
    if facts.wish is not None and facts.backups is not None:
        return RecoveryMethod(database=name, way="restore", why="requested by an operator", upto=_upto(facts))
    if not database.has_replica:
        return RecoveryMethod(database=name, way="restore", why="the plan restores it", upto=_upto(facts))
    if facts.wish is not None:
        doubt = f"database {name}: a restore was requested, but no backups of it are replicated here"
        return RecoveryMethod(database=name, doubt=doubt)
    if facts.faults:
        return _damaged(name, facts)
    if blockers and facts.backups is not None:
        return _restore(name, "; ".join(blockers), facts)
    return RecoveryMethod(database=name)


def restore_blockers(database: Database, facts: ReplicaFacts, region: str) -> list[str]:
    """Why a database without a replica cannot be restored in ``region``; empty when it can."""
    if facts.backups is not None:
        return []
    return [f"database {database.name}: it has no replica, and no backups of it are replicated to {region}"]


def left_sentence(left: list[Database], region: str) -> str:
    """What a failover does not recover, by the plan; empty where it recovers everything."""
    names = ", ".join(database.name for database in left)
    return f"left in {region}, as the plan says, and not recovered: {names}" if left else ""


def _damaged(name: str, facts: ReplicaFacts) -> RecoveryMethod:
    wrong = f"database {name}: the replica's data is wrong ({'; '.join(facts.faults)})"
    if facts.backups is not None:
        return _restore(name, wrong, facts)
    return RecoveryMethod(
        database=name, why=wrong, doubt=f"{wrong}, but no backups of it are replicated here, so it would be promoted"
    )


def _restore(name: str, why: str, facts: ReplicaFacts) -> RecoveryMethod:
    return RecoveryMethod(
        database=name,
        way="restore",
        why=why,
        doubt=f"{why}: it would be restored from backups replicated to this region instead of being promoted",
        upto=_upto(facts),
    )


def _upto(facts: ReplicaFacts) -> datetime | None:
    """End of the work that is certain to come back: damage is younger than the last good integrity check."""
    wish, latest = facts.wish or RestoreRequest(), facts.backups.window.latest if facts.backups else None
    ends = [moment for moment in (latest, wish.restore_to) if moment is not None]
    if facts.faults and wish.restore_to is None and not wish.latest:
        if facts.good_at is None:
            return None
        ends.append(facts.good_at.replace(microsecond=0) - _SECOND)
    return min(ends) if latest is not None else None


def way_loss(way: RecoveryMethod, outage_start: datetime) -> LossWindow:
    """Loss of a restore: from the end of the restored work to the outage."""
    if way.upto is None:
        return LossWindow(seconds=None, basis=f"it is unknown how far the backups of {way.database} reach")
    seconds = max(0.0, (outage_start - way.upto).total_seconds())
    return LossWindow(seconds=seconds, basis=f"backups of {way.database} hold work until {way.upto:%H:%M:%S} UTC")
