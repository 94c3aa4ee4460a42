"""RDS with real PostgreSQL behind it: what moto answers is what the servers did."""

import base64
import copy
import threading
import uuid
from collections.abc import Callable
from typing import Any

from moto.core.utils import utcnow
from moto.rds import models as moto_rds
from moto.rds.exceptions import DBInstanceAlreadyExists, DBInstanceNotFoundError, RDSClientError

from local_aws.data_plane.faults import Faults
from local_aws.rds import errors
from local_aws.rds.databases import Databases, Key
from local_aws.rds.delayed_replica import Delaying
from local_aws.rds.instance import Instance
from local_aws.rds.master_user import master_of
from local_aws.rds.parameters import static_of
from local_aws.rds.rename import Renaming
from local_aws.rds.replicated_backups import Replicated
from local_aws.rds.restores import Restoring
from local_aws.rds.statuses import Phases
from local_aws.rds.unsupported import Unserved

_PENDING_NAMES = {
    "multi_az": "MultiAZ",
    "backup_retention_period": "BackupRetentionPeriod",
    "db_instance_class": "DBInstanceClass",
    "allocated_storage": "AllocatedStorage",
}
_BASELINE = (3000, 125)
"""IOPS and MiB/s of a gp3 volume that is too small to choose."""
_NOT_SETTINGS = {"db_instance_identifier", "new_db_instance_identifier", "apply_immediately", "master_user_password"}


class Rds(Unserved, Replicated, Restoring, Renaming, Delaying, moto_rds.RDSBackend):  # type: ignore[misc]
    """The API of one region. Statuses pass through their phases while threads do the work on the servers."""

    postgres: Databases
    faults: Faults
    phases: Phases

    @property
    def _url_module(self) -> Any:
        from moto.rds import urls

        return urls

    def create_db_instance(self, db_kwargs: dict[str, Any]) -> Instance:
        """Start to create an instance; raises RDSClientError."""
        # Without a group moto would load its whole EC2 to invent one.
        db_kwargs.setdefault("vpc_security_group_ids", ["sg-default"])
        errors.require_own_storage("postgres", db_kwargs.get("allocated_storage") or 0, db_kwargs)
        instance = self._adopt(super().create_db_instance(db_kwargs))
        _choose_storage(instance)
        try:
            master = master_of(instance)
        except RDSClientError:
            del self.databases[instance.db_instance_identifier]
            raise

        def work() -> None:
            with self.phases.phase(instance, "creating"):
                self.postgres.create(instance.key, master, self._static(instance))
            if instance.backup_retention_period:
                self._back_up(instance)

        return self._begin(instance, "creating", work)

    def create_db_instance_read_replica(self, db_kwargs: dict[str, Any]) -> Instance:
        """Start to create a replica; raises RDSClientError when the source cannot have one."""
        identifier = db_kwargs["db_instance_identifier"]
        if identifier in self.databases:
            raise DBInstanceAlreadyExists()
        source = self.find_db_from_id(db_kwargs["source_db_instance_identifier"])
        self._require_source(source)
        errors.require_own_storage(source.engine, source.allocated_storage, db_kwargs)
        errors.require_no_group(source.engine, db_kwargs.get("db_parameter_group_name"))
        replica = self._copy_of(source, identifier)
        if source.region != self.region_name:
            replica.db_parameter_group_name = None
        replica.set_as_replica()
        replica.backup_retention_period = 0
        replica.source_db_instance_identifier = db_kwargs["source_db_instance_identifier"]
        wanted = {name: value for name, value in db_kwargs.items() if name not in {"tags", *_REPLICA_ONLY}}
        replica.update(**wanted)
        replica.tags = db_kwargs.get("tags") or []
        self.databases[identifier] = replica
        source.add_replica(replica)

        def work() -> None:
            with self.phases.phase(replica, "creating"):
                self.postgres.replicate(replica.key, source.key, self._static(replica))
                self._delay(replica)

        return self._begin(replica, "creating", work)

    def promote_read_replica(self, db_kwargs: dict[str, Any]) -> Instance:
        """Start a promotion; raises RDSClientError for what is not a replica or not available."""
        instance = self._existing(db_kwargs["db_instance_identifier"])
        errors.require_promotable(instance)
        # RDS keeps backups for one day when the call does not say how long.
        retention = db_kwargs.get("backup_retention_period")
        source = _source_key(instance)

        def work() -> None:
            with self.phases.phase(instance, "modifying"):
                self.faults.wait_while_stuck(instance.db_instance_identifier)
                self._leave_recovery(instance, source)
            instance.backup_retention_period = 1 if retention is None else retention
            self._back_up(instance)

        return self._begin(instance, "modifying", work)

    def modify_db_instance(self, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> Instance:
        """Start to change an instance; raises RDSClientError unless it is available.

        Without ApplyImmediately the changes stay pending: there is no maintenance window here. Protection
        against deletion does not wait for either, as on RDS.
        """
        instance = self._existing(db_instance_identifier)
        errors.require_available(instance)
        if name := db_kwargs.get("new_db_instance_identifier"):
            return self._rename(instance, name.lower(), bool(db_kwargs.get("apply_immediately")))
        return self._change(instance, db_kwargs)

    def _change(self, instance: Instance, db_kwargs: dict[str, Any]) -> Instance:
        changes = _changes(db_kwargs)
        errors.require_storage_changes(instance, changes)
        instance.deletion_protection = changes.get("deletion_protection", instance.deletion_protection)
        if pending := {name: changes[key] for key, name in _PENDING_NAMES.items() if key in changes}:
            instance.pending_modified_values = pending
        if not db_kwargs.get("apply_immediately"):
            return instance
        password = db_kwargs.get("master_user_password")
        return self._begin(instance, "modifying", lambda: self._carry_out(instance, changes, password))

    def _carry_out(self, instance: Instance, changes: dict[str, Any], password: str | None) -> None:
        first_backup = not instance.backup_retention_period and bool(changes.get("backup_retention_period"))
        with self.phases.phase(instance, "modifying"):
            if password:
                self.postgres.set_password(instance.key, instance.master_username, password)
        if errors.changes_storage(instance, changes):
            instance.optimised_until = self.phases.optimisation_ends()
        instance.update(**changes)
        if first_backup:
            self._back_up(instance)
        instance.pending_modified_values = {}

    def reboot_db_instance(self, db_instance_identifier: str) -> Instance:
        """Restart the server of an available instance; a group it was given since is in force afterwards."""
        instance = self._existing(db_instance_identifier)
        errors.require_available(instance)

        def work() -> None:
            with self.phases.phase(instance, "rebooting"):
                self.postgres.reboot(instance.key, self._static(instance))
                self._delay(instance)

        return self._begin(instance, "rebooting", work)

    def delete_db_instance(
        self,
        db_instance_identifier: str,
        final_db_snapshot_identifier: str | None = None,
        skip_final_snapshot: bool | None = False,
        **kwargs: Any,
    ) -> Instance:
        """Delete an instance, its server and its files; raises RDSClientError, for a protected one above all."""
        instance = self._existing(db_instance_identifier)
        errors.require_deletable(instance, final_db_snapshot_identifier, bool(skip_final_snapshot))
        if kwargs.get("delete_automated_backups") is False:
            errors.not_served("Keeping the backups of a deleted instance")
        if final_db_snapshot_identifier:
            self._require_free_snapshot(final_db_snapshot_identifier)
        source = _source_key(instance) if instance.is_replica else None

        def work() -> None:
            if final_db_snapshot_identifier:
                self._take_snapshot(instance, self._new_snapshot(instance, final_db_snapshot_identifier, []))
            with self.phases.phase(instance, "deleting"):
                if source is not None:
                    self._forget_replica(instance, source)
                    instance.is_replica = False  # moto looks the source up once more, by a name it may not have
                self.postgres.remove(instance.key)
            super(Rds, self).delete_db_instance(db_instance_identifier, None, True)

        return self._begin(instance, "deleting", work)

    def _back_up(self, instance: Instance) -> None:
        with self.phases.phase(instance, "backing-up"):
            if not self.postgres.in_recovery(instance.key):
                self._keep_automated(instance, self.postgres.backup(instance.key))

    def _leave_recovery(self, instance: Instance, source: Key | None) -> None:
        if instance.db_instance_identifier not in self.faults.promotion_skipped:
            replays_all = instance.db_instance_identifier in self.faults.promotion_replays
            self.postgres.promote(instance.key, replays_all=replays_all)
            if source is not None:
                self.postgres.release(instance.key, source)
        if source is not None:
            self._forget_replica(instance, source)
        instance.is_replica = False
        instance.source_db_instance_identifier = None

    def _forget_replica(self, instance: Instance, source: Key) -> None:
        origin = moto_rds.rds_backends[self.account_id][source.region].databases.get(source.identifier)
        if origin is not None:
            ours = {instance.db_instance_identifier, instance.db_instance_arn}
            origin.replicas = [name for name in origin.replicas if name not in ours]

    def _static(self, instance: Instance) -> dict[str, str]:
        """The parameters a server is started with now; from then on they are in force."""
        name = instance.db_parameter_group_name
        static = static_of(self.db_parameter_groups, name)
        instance.in_force = (name or "", static)
        return static

    def _require_source(self, source: Instance) -> None:
        if source.region in self.postgres.dead:
            raise RDSClientError("InvalidDBInstanceState", f"The source region {source.region} does not answer.")
        errors.require_available(source)
        errors.require_backups(source)

    def _copy_of(self, source: Instance, identifier: str) -> Instance:
        copied: Instance = copy.copy(source)
        copied.backend = self
        copied.db_instance_identifier = identifier
        copied.replicas = []
        copied.multi_az = False
        copied.deletion_protection = False
        copied.availability_zone = f"{self.region_name}a"
        copied.instance_create_time = copied.created = utcnow()
        copied.pending_modified_values = {}
        copied.optimised_until = 0.0
        copied.in_force = None
        copied.tags = []
        return self._adopt(copied)

    def _existing(self, identifier: str) -> Instance:
        instance = self.databases.get(identifier)
        if instance is None:
            raise DBInstanceNotFoundError(identifier)
        return instance

    @staticmethod
    def _adopt(instance: Any) -> Instance:
        instance.__class__ = Instance
        # moto gives every instance the same id.
        instance.dbi_resource_id = "db-" + base64.b32encode(uuid.uuid4().bytes).decode()[:26]
        adopted: Instance = instance
        return adopted

    def _begin(self, instance: Instance, status: str, work: Callable[[], None]) -> Instance:
        instance.status = status
        threading.Thread(target=self._finish, args=(instance, work), daemon=True).start()
        return instance

    def _finish(self, instance: Instance, work: Callable[[], None]) -> None:
        with self.phases.ending(instance):
            work()


def _choose_storage(instance: Instance) -> None:
    """A small gp3 volume is described with what it has, though no request may set it."""
    if instance.storage_type == "gp3" and instance.allocated_storage < errors.STRIPED_FROM:
        instance.iops, instance.storage_throughput = _BASELINE


_REPLICA_ONLY = {"source_db_instance_identifier", "source_region", "pre_signed_url", "destination_region"}


def _source_key(instance: Instance) -> Key | None:
    source = instance.source_db_instance_identifier
    if not source:
        return None
    region = source.split(":")[3] if source.startswith("arn:") else instance.region
    return Key(region, source.split(":")[-1].lower())


def _changes(db_kwargs: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in db_kwargs.items() if k not in _NOT_SETTINGS and v is not None}
