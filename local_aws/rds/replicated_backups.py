"""The calls about automated backups: those of this region's instances, and copies of other regions' kept here."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from moto.rds import models as moto_rds
from moto.rds.exceptions import RDSClientError

from local_aws.rds import errors
from local_aws.rds.automated_backups import AutomatedBackup
from local_aws.rds.databases import Databases
from local_aws.rds.instance import Instance


class Replicated:
    """Stands before moto's backend. Every call raises RDSClientError for what RDS refuses."""

    account_id: str
    region_name: str
    databases: dict[str, Instance]
    postgres: Databases

    @abstractmethod
    def _existing(self, identifier: str) -> Instance: ...

    def start_db_instance_automated_backups_replication(
        self, source_db_instance_arn: str, backup_retention_period: int = 7, **_: Any
    ) -> AutomatedBackup:
        """Keep a copy of the backups of another region's instance here."""
        region, identifier = source_db_instance_arn.split(":")[3], source_db_instance_arn.split(":")[-1]
        if region == self.region_name:
            raise RDSClientError("InvalidParameterValue", "The source DB instance is in this region.")
        backend = moto_rds.rds_backends[self.account_id][region]
        if region in self.postgres.dead:
            raise RDSClientError("InvalidDBInstanceState", f"The source region {region} does not answer.")
        source: Instance = backend._existing(identifier)
        errors.require_available(source)
        errors.require_backups(source)
        archive = self.postgres.backup_replication.begin(source.key, self.region_name)
        backup = AutomatedBackup(source, self.region_name, archive, backup_retention_period)
        self._copies[backup.db_instance_automated_backups_arn] = backup
        return backup

    def stop_db_instance_automated_backups_replication(self, source_db_instance_arn: str) -> AutomatedBackup:
        """Keep the copy up to date no more, and forget it."""
        for arn, backup in list(self._copies.items()):
            if backup.db_instance_arn == source_db_instance_arn:
                self.postgres.backup_replication.end(backup.archive)
                return self._copies.pop(arn)
        raise RDSClientError("DBInstanceAutomatedBackupNotFound", f"No backups of {source_db_instance_arn} are here.")

    def describe_db_instance_automated_backups(
        self,
        db_instance_identifier: str | None = None,
        dbi_resource_id: str | None = None,
        db_instance_automated_backups_arn: str | None = None,
        **_: Any,
    ) -> list[AutomatedBackup]:
        """The backups of this region's instances, and the copies of other regions' kept here."""
        found = [
            AutomatedBackup(instance, self.region_name, archive, instance.backup_retention_period)
            for instance in list(self.databases.values())
            if instance.backup_retention_period and (archive := self.postgres.archive(instance.key))
        ]
        found += self._copies.values()
        wanted = {
            "db_instance_identifier": db_instance_identifier,
            "dbi_resource_id": dbi_resource_id,
            "db_instance_automated_backups_arn": db_instance_automated_backups_arn,
        }
        asked = {name: value for name, value in wanted.items() if value}
        return [backup for backup in found if all(getattr(backup, name) == asked[name] for name in asked)]

    @property
    def _copies(self) -> dict[str, AutomatedBackup]:
        copies: dict[str, AutomatedBackup] = self.__dict__.setdefault("_replicated_backups", {})
        return copies

    def _own_backups(self, identifier: str) -> AutomatedBackup:
        instance = self._existing(identifier)
        archive = self.postgres.archive(instance.key)
        if archive is None:
            raise RDSClientError("InvalidDBInstanceState", f"Instance {identifier} is {instance.status}.")
        return AutomatedBackup(instance, self.region_name, archive, instance.backup_retention_period)

    def _replicated(self, arn: str) -> AutomatedBackup:
        if arn not in self._copies:
            raise RDSClientError("DBInstanceAutomatedBackupNotFound", f"There are no automated backups {arn}.")
        return self._copies[arn]
