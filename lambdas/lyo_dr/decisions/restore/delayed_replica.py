"""Whether a delayed replica still holds the data from before the damage, before and after its promotion. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.model.delayed_replica import Delayed, DelayedReplicaChoice, Held, Replay
from lyo_dr.model.durations import humanize
from lyo_dr.model.restore import Target


def held(found: Delayed) -> Held:
    """Result of pausing its replay; never a reason to stop a restore."""
    if why := _unfit(found, None):
        return Held(status="none", sentence=f"No usable delayed replica: {why}")
    sentence = f"{found.identifier}: replay paused at {_told(found.replay.replayed_to)}"
    return Held(status="held", sentence=sentence)


def choose_way(
    found: Delayed, *, damaged: str, target: Target, named: bool, searched: bool, begun: bool
) -> DelayedReplicaChoice:
    """Promote it only if it is certainly from before the damage; if in doubt, an ordinary restore.

    ``named``: an operator chose the recovery point. ``searched``: it is not known yet. ``begun``: a restore was made.
    """
    why = _other_way(target, named=named, searched=searched, begun=begun) or _unfit(found, damaged)
    at, moment = found.replay.replayed_to, target.at
    if not why and (at is None or moment is None):
        why = f"the replay position of {found.identifier} is unknown"
    if why or at is None or moment is None:
        return DelayedReplicaChoice(status="restore", sentence=f"Delayed replica not used: {why}")
    if at > moment:
        why = f"{found.identifier} has replayed to {_told(at)}, past the recovery point: its delay is too short"
        return DelayedReplicaChoice(status="restore", sentence=f"Delayed replica not used: {why}")
    sentence = f"{found.identifier} is at {_told(at)}, before the damage: promoting it instead of restoring"
    return DelayedReplicaChoice(status="promote", sentence=sentence, at=at)


def near_enough(name: str, at: datetime, moment: datetime, rpo: timedelta) -> DelayedReplicaChoice:
    """Report the missing work before the promotion; above the RPO a restore, which loses none, is better.

    The missing rows are in the damaged instance: they go into the ledger unless the damage has overwritten them.
    """
    gap = moment - at
    if gap > rpo:
        why = f"{name} is at {_told(at)}, {humanize(gap)} before the recovery point"
        why += f", more than the RPO of {humanize(rpo)}"
        return DelayedReplicaChoice(status="restore", sentence=f"Delayed replica not used: {why}")
    sentence = f"{name} is promoted at {_told(at)}: the last {humanize(gap)} before the recovery point are missing"
    sentence += "; rows written then exist only in the damaged instance and go into the ledger"
    return DelayedReplicaChoice(status="promote", sentence=sentence, at=at)


def faults_of_promoted(replay: Replay | None, moment: datetime | None) -> list[str]:
    """Faults of a promoted replica. AWS does not document what happens to received WAL; PostgreSQL replays it.

    ``moment`` is before the damage; an instance with a later commit may hold the damage as well.
    """
    if replay is None or replay.in_recovery is None or replay.replayed_to is None:
        return ["its replay position is unknown"]
    if replay.in_recovery:
        return ["it was promoted and is still read-only"]
    if moment is not None and replay.replayed_to > moment:
        return [f"the promotion replayed on to {_told(replay.replayed_to)}, past the recovery point"]
    return []


def used_up(used: str | None, named: str | None, damaged: str) -> list[str]:
    """Notice after a restore that there is no usable delayed replica any more."""
    if used is not None:
        return [f"The delayed replica {used} has been promoted: create a new one from the instance that serves users"]
    if named is not None and named != damaged:
        return [f"The delayed replica {named} follows {damaged}: delete it and create a new one"]
    return []


def to_inherit(promoted: dict[str, Any], damaged: dict[str, Any] | None) -> dict[str, Any]:
    """Settings of the damaged instance that the new one lacks, as arguments of ModifyDBInstance."""
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
    """Why a delayed replica, as described by RDS, is unusable. ``delay_ms``: from the parameter group of its name."""
    if found is None:
        yield f"the plan names instance {name}, which does not exist"
        return
    follows = str(found.get("ReadReplicaSourceDBInstanceIdentifier") or "").rpartition(":")[2]
    if follows != source:
        yield f"{name} follows {follows or 'no source'}, not {source}"
    groups = [group["DBParameterGroupName"] for group in found.get("DBParameterGroups", [])]
    if groups != [name]:
        yield f"{name} has the parameter group {', '.join(groups)}, not one of its own name"
    elif delay_ms != _milliseconds(planned):
        said = "is not set" if delay_ms is None else f"is {delay_ms} ms"
        yield f"recovery_min_apply_delay of {name} {said}, the plan says {_milliseconds(planned)} ms"


def paused_meanwhile(name: str) -> str:
    """Notice with a request for approval: replay stays paused until a decision, and WAL accumulates meanwhile."""
    return (
        f"{name} stays paused and its WAL accumulates; a restore, or select lyo_dr.hold_replay(false, "
        "<epoch>) there, ends that"
    )


def _other_way(target: Target, *, named: bool, searched: bool, begun: bool) -> str:
    if begun:
        return "a restore has already started"
    if named or target.kind != "moment":
        return f"{target} was requested"
    if searched:
        return "a search for the recovery point comes first"
    return ""


def _unfit(found: Delayed, damaged: str | None) -> str:
    """Why it cannot replace a restore, whatever data it holds; empty if it can."""
    name, replay = found.identifier, found.replay
    unfit = {
        f"there is no instance {name}": found.missing,
        f"{name} is no longer a replica": found.source is None,
        f"{name} follows {found.source}, not {damaged}": damaged is not None and _source(found) != damaged,
        f"{name} is {found.status}": instance_status(found.status) != "ready",
        f"{name} does not respond ({replay.error or 'not queried'})": replay.in_recovery is None,
        f"{name} is not in recovery": replay.in_recovery is False,
        f"{name} could not be paused ({replay.said})": not replay.held,
    }
    return next((why for why, holds in unfit.items() if holds), "")


def _source(found: Delayed) -> str | None:
    """Within a region RDS returns the identifier, across regions the ARN."""
    return None if found.source is None else found.source.rpartition(":")[2]


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def _told(at: datetime | None) -> str:
    return "an unknown time" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
