"""What RDS refuses, by the codes of its API reference. Each function returns when there is nothing against the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, Protocol

from moto.rds.exceptions import RDSClientError


class Refusable(Protocol):
    """What is asked of an instance before something is done to it."""

    status: str
    db_instance_identifier: str
    deletion_protection: bool
    is_replica: bool
    backup_retention_period: int
    allocated_storage: int


_CHANGEABLE = ("available", "storage-optimization")
"""While storage is optimised everything but the storage can be changed (AWS knowledge centre, "RDS stuck in storage
optimization"). That a promotion can be called, too, is **assumed**: its document names only ``backing-up`` as a bar."""


def require_available(instance: Refusable) -> None:
    """Raise InvalidDBInstanceState for an instance that is busy or broken."""
    if instance.status not in _CHANGEABLE:
        raise RDSClientError(
            "InvalidDBInstanceState",
            f"Instance {instance.db_instance_identifier} is {instance.status}, not in available state.",
        )


def changes_storage(instance: Refusable, changes: Mapping[str, Any]) -> bool:
    """Whether RDS optimises the storage after this change."""
    return bool(changes.get("allocated_storage", instance.allocated_storage) != instance.allocated_storage)


def require_storage_changes(instance: Refusable, changes: Mapping[str, Any]) -> None:
    """Raise InvalidParameterCombination for another change of a storage that is being optimised."""
    if instance.status == "storage-optimization" and changes_storage(instance, changes):
        raise RDSClientError(
            "InvalidParameterCombination",
            f"The storage of DB instance {instance.db_instance_identifier} is being optimized and can't be modified.",
        )


def require_promotable(instance: Refusable) -> None:
    """Raise InvalidDBInstanceState for what is not a replica (any more), or is one at work."""
    if not instance.is_replica:
        raise RDSClientError("InvalidDBInstanceState", "DB Instance is not a read replica.")
    require_available(instance)


def require_backups(instance: Refusable) -> None:
    """Raise InvalidDBInstanceState for an instance that keeps no backups: nothing can be replicated from it."""
    if not instance.backup_retention_period:
        raise RDSClientError("InvalidDBInstanceState", "Automated backups are not enabled for this database instance.")


def require_deletable(instance: Refusable, final_snapshot: str | None, skip_snapshot: bool) -> None:
    """Raise InvalidParameterCombination for a protected instance, and for a request silent about a final snapshot."""
    if instance.deletion_protection:
        raise RDSClientError(
            "InvalidParameterCombination",
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        )
    if skip_snapshot and final_snapshot:
        raise RDSClientError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is specified.",
        )
    if not skip_snapshot and not final_snapshot:
        raise RDSClientError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )


@dataclass(frozen=True)
class Backups:
    """The automated backups of an instance: days kept, and the moments that can be restored (None: not yet)."""

    of: str
    retention_days: int
    earliest: datetime | None
    latest: datetime | None


def require_restorable(backups: Backups, wanted: datetime | None, latest: bool, now: datetime) -> None:
    """Raise where RDS has no data of the wanted moment: without backups, before the first, after the archived log.

    ``latest`` stands for "the latest there is"; either it or ``wanted`` is given. Times carry a time zone.
    """
    if not backups.retention_days:
        raise RDSClientError("PointInTimeRestoreNotEnabled", f"Backups are not enabled for DB instance {backups.of}.")
    if (wanted is not None) == latest:
        raise RDSClientError(
            "InvalidParameterCombination", "Specify either RestoreTime or UseLatestRestorableTime, and not both."
        )
    if backups.earliest is None:
        raise RDSClientError("InvalidDBInstanceState", f"DB instance {backups.of} has not been backed up yet.")
    if wanted is not None:
        _require_within(wanted, backups.earliest, backups.latest or backups.earliest, backups.retention_days, now)


def _require_within(wanted: datetime, earliest: datetime, latest: datetime, retention_days: int, now: datetime) -> None:
    cannot = "The specified instance cannot be restored to a time"
    if wanted > latest:
        raise RDSClientError("InvalidParameterValue", f"{cannot} later than {_moment(latest)}.")
    retained = now - timedelta(days=retention_days)
    if wanted < retained:
        why = f"because its backup retention period is set to {retention_days} days"
        raise RDSClientError("InvalidParameterValue", f"{cannot} earlier than {_moment(retained)} {why}.")
    if wanted < earliest:
        why = "because it was not backed up before"
        raise RDSClientError("InvalidParameterValue", f"{cannot} earlier than {_moment(earliest)} {why}.")


STRIPED_FROM = 400
"""GiB from which a gp3 volume of PostgreSQL has IOPS and throughput to choose."""


def require_own_storage(engine: str, allocated: int, asked: Mapping[str, Any]) -> None:
    """Raise InvalidParameterCombination where IOPS or throughput are named for a gp3 volume too small to choose."""
    named = any(asked.get(name) is not None for name in ("iops", "storage_throughput"))
    if named and asked.get("storage_type", "gp3") == "gp3" and allocated < STRIPED_FROM:
        raise RDSClientError(
            "InvalidParameterCombination",
            f"You can't specify IOPS or storage throughput for engine {engine} and a storage size less than"
            f" {STRIPED_FROM}.",
        )


def require_no_group(engine: str, group: str | None) -> None:
    """Raise InvalidParameterCombination for a replica that is to be made with a parameter group."""
    if group is not None:
        raise RDSClientError(
            "InvalidParameterCombination",
            f"A parameter group can't be specified during Read Replica creation for the following DB engine: {engine}",
        )


def not_served(operation: str) -> NoReturn:
    """Refuse what is not emulated, by a code RDS does not have: an answer from tables alone would be a lie."""
    raise RDSClientError("NotEmulated", f"{operation} is not emulated here: no server stands behind it.")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
