"""Snapshots and restores: the part of RDS by which data outlives its instance."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.rds import models as moto_rds
from moto.rds.exceptions import (
    DBInstanceAlreadyExists,
    DBParameterGroupNotFoundError,
    DBSnapshotAlreadyExistsError,
    InvalidParameterValue,
    RDSClientError,
)

from local_aws.rds import errors
from local_aws.rds.archive import Archive
from local_aws.rds.automated_backups import AutomatedBackup
from local_aws.rds.databases import Databases
from local_aws.rds.instance import Instance
from local_aws.rds.statuses import Phases

_NOT_SETTINGS = {
    "db_instance_identifier",
    "db_snapshot_identifier",
    "source_db_instance_identifier",
    "target_db_instance_identifier",
    "source_dbi_resource_id",
    "source_db_instance_automated_backups_arn",
    "restore_time",
    "use_latest_restorable_time",
    "db_name",
}


@dataclass(frozen=True)
class _Origin:
    """What is restored: the settings at the time, the data, and the moment (None: all of it)."""

    settings: Instance
    data: Path | Archive
    at: datetime | None = None


class Restoring:
    """Stands before moto's backend. Every call raises RDSClientError for what RDS refuses."""

    account_id: str
    region_name: str
    databases: dict[str, Instance]
    database_snapshots: dict[str, Any]
    db_parameter_groups: dict[str, Any]
    postgres: Databases
    phases: Phases

    @abstractmethod
    def _existing(self, identifier: str) -> Instance: ...

    @abstractmethod
    def _copy_of(self, source: Instance, identifier: str) -> Instance: ...

    @abstractmethod
    def _begin(self, instance: Instance, status: str, work: Callable[[], None]) -> Instance: ...

    @abstractmethod
    def _back_up(self, instance: Instance) -> None: ...

    @abstractmethod
    def _static(self, instance: Instance) -> dict[str, str]: ...

    @abstractmethod
    def _own_backups(self, identifier: str) -> AutomatedBackup: ...

    @abstractmethod
    def _replicated(self, arn: str) -> AutomatedBackup: ...

    def create_db_snapshot(
        self,
        db_instance_identifier: str,
        db_snapshot_identifier: str,
        tags: list[dict[str, str]] | None = None,
        **_: Any,
    ) -> Any:
        """Start to copy an instance."""
        instance = self._existing(db_instance_identifier)
        errors.require_available(instance)
        self._require_free_snapshot(db_snapshot_identifier)
        snapshot = self._new_snapshot(instance, db_snapshot_identifier, tags or [])
        self._begin(instance, "backing-up", lambda: self._take_snapshot(instance, snapshot))
        return snapshot

    def restore_db_instance_from_db_snapshot(self, from_snapshot_id: str, overrides: dict[str, Any]) -> Instance:
        """Start to make an instance from a snapshot of this region."""
        snapshot = self.get_db_snapshot(from_snapshot_id)  # type: ignore[attr-defined]
        if snapshot.status != "available":
            raise RDSClientError("InvalidDBSnapshotState", f"The snapshot is {snapshot.status}, not available.")
        origin = _Origin(snapshot.database, snapshot.copy)
        return self._restore(origin, overrides["db_instance_identifier"], overrides)

    def restore_db_instance_to_point_in_time(
        self, source_db_identifier: str | None, target_db_identifier: str, overrides: dict[str, Any]
    ) -> Instance:
        """Start to make an instance with the state of a moment, from its own or from replicated backups."""
        arn = overrides.get("source_db_instance_automated_backups_arn")
        backups = self._replicated(arn) if arn else self._own_backups(source_db_identifier or "")
        at = _aware(overrides.get("restore_time"))
        self._require_free(target_db_identifier)
        latest = bool(overrides.get("use_latest_restorable_time"))
        errors.require_restorable(backups.window(), at, latest, datetime.now(UTC))
        return self._restore(_Origin(backups.settings, backups.archive, at), target_db_identifier, overrides)

    def _restore(self, origin: _Origin, identifier: str, overrides: dict[str, Any]) -> Instance:
        self._require_free(identifier)
        moto_rds.RDSBackend._validate_db_identifier(identifier)
        wanted = {name: value for name, value in overrides.items() if name not in _NOT_SETTINGS and value is not None}
        restored = self._copy_of(origin.settings, identifier)
        self._apply_defaults(restored)
        self._require_settings(origin.settings, wanted)
        errors.require_own_storage(origin.settings.engine, origin.settings.allocated_storage, wanted)
        restored.enabled_cloudwatch_logs_exports = wanted.pop("enable_cloudwatch_logs_exports", [])
        restored.update(**wanted)
        self.databases[identifier.lower()] = restored

        def work() -> None:
            with self.phases.phase(restored, "creating"):
                self.postgres.restore(restored.key, origin.data, origin.at, self._static(restored))
            if restored.backup_retention_period:
                self._back_up(restored)

        return self._begin(restored, "creating", work)

    @staticmethod
    def _apply_defaults(restored: Instance) -> None:
        """RDS takes the default groups, one zone and no protection, whatever the source had."""
        restored.is_replica = False
        restored.source_db_instance_identifier = None
        restored.vpc_security_group_ids = ["sg-default"]
        restored.db_parameter_group_name = None
        restored.__dict__.pop("db_subnet_group", None)
        restored.__dict__.pop("master_user_secret", None)
        restored.manage_master_user_password = False

    def _require_settings(self, source: Instance, wanted: dict[str, Any]) -> None:
        group = wanted.get("db_parameter_group_name")
        if group and not group.startswith("default.") and group not in self.db_parameter_groups:
            raise DBParameterGroupNotFoundError(group)
        if wanted.get("allocated_storage", source.allocated_storage) < source.allocated_storage:
            raise InvalidParameterValue("Allocated storage size can't be less than the source instance size.")

    def _require_free(self, identifier: str) -> None:
        if identifier.lower() in self.databases:
            raise DBInstanceAlreadyExists()

    def _require_free_snapshot(self, identifier: str) -> None:
        if identifier.lower() in self.database_snapshots:
            raise DBSnapshotAlreadyExistsError(identifier)

    def _new_snapshot(
        self, instance: Instance, identifier: str, tags: list[dict[str, str]], kind: str = "manual"
    ) -> Any:
        snapshot = moto_rds.DBSnapshot(self, instance, identifier, kind, tags)
        snapshot.status, snapshot.percent_progress, snapshot.copy = "creating", 0, None
        self.database_snapshots[snapshot.db_snapshot_identifier] = snapshot
        return snapshot

    def _take_snapshot(self, instance: Instance, snapshot: Any) -> None:
        try:
            with self.phases.phase(instance, "backing-up"):
                snapshot.copy = self.postgres.snapshot(instance.key)
        except BaseException:
            snapshot.status = "failed"
            raise
        snapshot.status, snapshot.percent_progress = "available", 100

    def _keep_automated(self, instance: Instance, copy: Path) -> None:
        at = datetime.now(UTC).strftime("%Y-%m-%d-%H-%M-%S")
        snapshot = self._new_snapshot(instance, f"rds:{instance.db_instance_identifier}-{at}", [], "automated")
        snapshot.status, snapshot.percent_progress, snapshot.copy = "available", 100, copy


def _aware(at: datetime | None) -> datetime | None:
    """With the time zone moto leaves out; the API speaks UTC."""
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
