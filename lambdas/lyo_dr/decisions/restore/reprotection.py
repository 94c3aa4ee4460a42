"""Reprotection after a restore: next action until the damaged instance is renamed and a new replica streams. Pure."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from lyo_dr.decisions.common.instance_status import instance_status

Do = Literal["rename", "replicate", "settings", "reboot", "point", "wait", "nothing"]


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """Next action; ``wait`` and ``nothing`` change nothing, only ``nothing`` is final."""

    do: Do
    sentence: str


def keep_next(found: dict[str, Any] | None, kept: dict[str, Any] | None, snapshot: str | None, name: str) -> Next:
    """Rename the damaged instance once its snapshot exists."""
    if kept is not None:
        return Next(do="nothing", sentence=f"The damaged instance is kept as {kept['DBInstanceIdentifier']}")
    if found is None:
        return Next(do="wait", sentence=f"The damaged instance is being renamed to {name}")
    identifier, status = found["DBInstanceIdentifier"], found["DBInstanceStatus"]
    if snapshot == "creating":
        return Next(do="wait", sentence=f"The snapshot of {identifier} is still being taken")
    if instance_status(status) == "broken":
        # RDS changes nothing about an instance in such a status, and this one never leaves it.
        return Next(
            do="nothing", sentence=f"{identifier} is {status}, cannot be renamed, and is kept under its own name"
        )
    if instance_status(status) != "ready":
        return Next(do="wait", sentence=f"{identifier} is {status}; renaming it afterwards")
    return Next(do="rename", sentence=f"The damaged instance {identifier} is renamed to {name} and kept")


def replica_next(replica: dict[str, Any] | None, old: dict[str, Any] | None, source: dict[str, Any], name: str) -> Next:
    """``replica`` has the plan's name; ``old`` is the replica of the damaged instance, kept under another name."""
    if replica is None:
        return _make(old, source, name)
    status = replica["DBInstanceStatus"]
    ready = instance_status(status) == "ready"
    if replica.get("ReadReplicaSourceDBInstanceIdentifier") == source["DBInstanceArn"]:
        streams = any(info.get("Status") == "replicating" for info in replica.get("StatusInfos") or [])
        if ready and (group := _group_next(replica, old, name)) is not None:
            return group
        if ready and streams:
            return Next(do="point", sentence=f"{name} streams from {source['DBInstanceIdentifier']}: protected again")
        return Next(do="wait", sentence=f"{name} is {status}; not protected yet")
    if not ready:
        return Next(do="wait", sentence=f"{name}, which follows the damaged instance, is {status}")
    return Next(do="rename", sentence=f"{name} follows the damaged instance: renaming it")


def _group_next(replica: dict[str, Any], old: dict[str, Any] | None, name: str) -> Next | None:
    """What its parameter group still needs; None if that of its predecessor is in force, or nobody knows that one."""
    if _group_of(old) not in (None, _group_of(replica)):
        return Next(do="settings", sentence=f"{name} gets the parameter group of its predecessor")
    applied = _applied(replica)
    if applied == "pending-reboot":
        return Next(do="reboot", sentence=f"{name} reboots: its parameter group is not in force before that")
    if applied == "applying":
        return Next(do="wait", sentence=f"{name} is having its parameter group applied; not protected yet")
    return None


def _group_of(raw: dict[str, Any] | None) -> str | None:
    """None if unknown: the predecessor may have been deleted."""
    groups: list[dict[str, str]] = (raw or {}).get("DBParameterGroups") or [{}]
    return groups[0].get("DBParameterGroupName")


def _applied(raw: dict[str, Any]) -> str:
    """``in-sync``, ``applying``, or ``pending-reboot``: static parameters of the group, such as

    ``track_commit_timestamp``, are in force after a reboot (RDS API reference, DBParameterGroupStatus; RDS user guide,
    "Associating a DB parameter group with a DB instance"). Nobody uses a replica that was just made.
    """
    groups: list[dict[str, str]] = raw.get("DBParameterGroups") or [{}]
    return groups[0].get("ParameterApplyStatus", "")


def _make(old: dict[str, Any] | None, source: dict[str, Any], name: str) -> Next:
    if old is None:
        return Next(do="wait", sentence=f"{name} is being renamed")
    if instance_status(source["DBInstanceStatus"]) != "ready":
        return Next(do="wait", sentence=f"{source['DBInstanceIdentifier']} is {source['DBInstanceStatus']}")
    return Next(do="replicate", sentence=f"{name} is being recreated from {source['DBInstanceIdentifier']}")
