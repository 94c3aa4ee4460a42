"""Whether a delayed replica holds the data from before the damage, and whether what was promoted still does. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from lyo_dr.model.delayed_replica import Delayed, DelayedReplicaChoice, Held, Replay
from lyo_dr.model.restore import Target


def held(found: Delayed) -> Held:
    """What became of holding it; nothing of this stops a restore."""
    if why := _unfit(found, None):
        return Held(status="none", sentence=f"No delayed replica helps: {why}")
    sentence = f"{found.identifier} replays no further: it is at {_told(found.replay.replayed_to)}"
    return Held(status="held", sentence=sentence)


def choose_way(
    found: Delayed, *, damaged: str, target: Target, named: bool, searched: bool, begun: bool
) -> DelayedReplicaChoice:
    """Promote it only where it certainly is from before the damage; in doubt an ordinary restore.

    ``named``: an operator said to where. ``searched``: the moment is not known yet. ``begun``: something was restored.
    """
    why = _other_way(target, named=named, searched=searched, begun=begun) or _unfit(found, damaged)
    at, moment = found.replay.replayed_to, target.at
    if not why and (at is None or moment is None):
        why = f"nobody knows how far {found.identifier} has replayed"
    if why or at is None or moment is None:
        return DelayedReplicaChoice(status="restore", sentence=f"The delayed replica is not used: {why}")
    if at > moment:
        why = f"{found.identifier} has replayed to {_told(at)}, after the moment: the damage is older than its delay"
        return DelayedReplicaChoice(status="restore", sentence=f"The delayed replica is not used: {why}")
    sentence = f"{found.identifier} is at {_told(at)}, before the damage: it is promoted instead of a restore"
    return DelayedReplicaChoice(status="promote", sentence=sentence, at=at)


def near_enough(name: str, at: datetime, moment: datetime, rpo: timedelta) -> DelayedReplicaChoice:
    """What it does not hold is said before it is promoted; more than the RPO is too much where a restore loses none.

    Those rows are in the damaged instance: they go into the ledger, where the damage has not overwritten them.
    """
    gap = moment - at
    if gap > rpo:
        why = f"{name} is at {_told(at)}, {_span(gap)} before the moment, more than the RPO of {_span(rpo)}"
        return DelayedReplicaChoice(status="restore", sentence=f"The delayed replica is not used: {why}")
    sentence = f"{name} is promoted at {_told(at)}: the last {_span(gap)} before the moment are missing in it"
    sentence += "; what was written then is only in the damaged instance, and goes into the ledger"
    return DelayedReplicaChoice(status="promote", sentence=sentence, at=at)


def faults_of_promoted(replay: Replay | None, moment: datetime | None) -> list[str]:
    """AWS does not say what becomes of log that was received and not replayed; PostgreSQL replays it: so it is asked.

    ``moment`` is before the damage; whatever holds a later commit may hold the damage as well.
    """
    if replay is None or replay.in_recovery is None or replay.replayed_to is None:
        return ["it does not say how far it has replayed"]
    if replay.in_recovery:
        return ["it was promoted and is read-only still"]
    if moment is not None and replay.replayed_to > moment:
        return [f"the promotion replayed on to {_told(replay.replayed_to)}, past the moment before the damage"]
    return []


def used_up(used: str | None, named: str | None, damaged: str) -> list[str]:
    """What people have to know of the delayed replica after a restore: in either case there is none any more."""
    if used is not None:
        return [f"The delayed replica {used} is used up: make another one of the instance users are served by"]
    if named is not None and named != damaged:
        return [f"The delayed replica {named} follows {damaged}: delete it and make another one"]
    return []


def to_inherit(promoted: dict[str, Any], damaged: dict[str, Any] | None) -> dict[str, Any]:
    """Settings, as arguments of ModifyDBInstance, that the damaged instance has and the one in its place has not."""
    if damaged is None:
        return {}
    before, now = _inherited(damaged), _inherited(promoted)
    return {name: value for name, value in before.items() if value is not None and now[name] != value}


def _inherited(raw: dict[str, Any]) -> dict[str, Any]:
    groups = raw.get("DBParameterGroups") or [{}]
    return {
        "DBParameterGroupName": groups[0].get("DBParameterGroupName"),
        "DeletionProtection": bool(raw.get("DeletionProtection")),
        "MaxAllocatedStorage": raw.get("MaxAllocatedStorage"),
    }


def not_as_planned(
    found: dict[str, Any] | None, *, name: str, source: str, delay_ms: int | None, planned: timedelta
) -> Iterator[str]:
    """Why a delayed replica, as RDS tells it, would be of no use. ``delay_ms``: in the parameter group of its name."""
    if found is None:
        yield f"there is no instance {name}, which the plan names"
        return
    follows = str(found.get("ReadReplicaSourceDBInstanceIdentifier") or "").rpartition(":")[2]
    if follows != source:
        yield f"{name} follows {follows or 'nobody'}, not {source}"
    groups = [group["DBParameterGroupName"] for group in found.get("DBParameterGroups", [])]
    if groups != [name]:
        yield f"{name} has the parameter group {', '.join(groups)}, not one of its own name"
    elif delay_ms != _milliseconds(planned):
        said = "is not set" if delay_ms is None else f"is {delay_ms} ms"
        yield f"recovery_min_apply_delay of {name} {said}, the plan says {_milliseconds(planned)} ms"


def paused_meanwhile(name: str) -> str:
    """For who is asked: the pause lasts until something is decided, and log piles up on the replica meanwhile."""
    return (
        f"{name} replays no further meanwhile, and its log grows; a restore, or select lyo_dr.hold_replay(false, "
        "<epoch>) there, ends that"
    )


def _other_way(target: Target, *, named: bool, searched: bool, begun: bool) -> str:
    if begun:
        return "a restore has begun already"
    if named or target.kind != "moment":
        return f"{target} was asked for"
    if searched:
        return "the moment is searched first"
    return ""


def _unfit(found: Delayed, damaged: str | None) -> str:
    """Why it cannot stand in for a restore, whatever it holds; empty when it can."""
    name, replay = found.identifier, found.replay
    unfit = {
        f"there is no instance {name}": found.missing,
        f"{name} is no replica any more": found.source is None,
        f"{name} follows {found.source}, not {damaged}": damaged is not None and _source(found) != damaged,
        f"{name} is {found.status}": found.status != "available",
        f"{name} does not answer ({replay.error or 'it was not asked'})": replay.in_recovery is None,
        f"{name} is not in recovery": replay.in_recovery is False,
        f"{name} could not be held ({replay.said})": not replay.held,
    }
    return next((why for why, holds in unfit.items() if holds), "")


def _source(found: Delayed) -> str | None:
    """Within a region RDS tells the identifier, across regions the ARN."""
    return None if found.source is None else found.source.rpartition(":")[2]


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def _told(at: datetime | None) -> str:
    return "an unknown moment" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
