"""RDS with real PostgreSQL behind it: what moto answers is what the servers did."""

import base64
import copy
import json
import secrets
import threading
import uuid
from collections.abc import Callable
from typing import Any

from moto.core.utils import utcnow
from moto.rds import models as moto_rds
from moto.rds.exceptions import DBInstanceAlreadyExists, DBInstanceNotFoundError, RDSClientError

from rehearsal.data.faults import Faults
from rehearsal.data.fleet import Fleet, Key, Master
from rehearsal.data.instance import Instance
from rehearsal.data.phases import Phases

_PENDING_NAMES = {
    "multi_az": "MultiAZ",
    "backup_retention_period": "BackupRetentionPeriod",
    "db_instance_class": "DBInstanceClass",
    "allocated_storage": "AllocatedStorage",
}
_NOT_SETTINGS = {"db_instance_identifier", "apply_immediately", "master_user_password"}


class Rds(moto_rds.RDSBackend):  # type: ignore[misc]
    """The API of one region. Statuses pass through their phases while threads do the work on the servers."""

    fleet: Fleet
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
        instance = self._adopt(super().create_db_instance(db_kwargs))
        try:
            master = _master(instance)
        except RDSClientError:
            del self.databases[instance.db_instance_identifier]
            raise

        def work() -> None:
            with self.phases.phase(instance, "creating"):
                self.fleet.create(instance.key, master)
            if instance.backup_retention_period:
                with self.phases.phase(instance, "backing-up"):
                    self.fleet.backup(instance.key)

        return self._begin(instance, "creating", work)

    def create_db_instance_read_replica(self, db_kwargs: dict[str, Any]) -> Instance:
        """Start to create a replica; raises RDSClientError when the source cannot have one."""
        identifier = db_kwargs["db_instance_identifier"]
        if identifier in self.databases:
            raise DBInstanceAlreadyExists()
        source = self.find_db_from_id(db_kwargs["source_db_instance_identifier"])
        self._require_source(source)
        replica = self._copy_of(source, identifier)
        replica.source_db_instance_identifier = db_kwargs["source_db_instance_identifier"]
        wanted = {name: value for name, value in db_kwargs.items() if name not in {"tags", *_REPLICA_ONLY}}
        replica.update(**wanted)
        replica.tags = db_kwargs.get("tags") or []
        self.databases[identifier] = replica
        source.add_replica(replica)

        def work() -> None:
            with self.phases.phase(replica, "creating"):
                self.fleet.replicate(replica.key, source.key)

        return self._begin(replica, "creating", work)

    def promote_read_replica(self, db_kwargs: dict[str, Any]) -> Instance:
        """Start a promotion; raises RDSClientError for what is not a replica or not available."""
        instance = self._existing(db_kwargs["db_instance_identifier"])
        if not instance.is_replica:
            raise RDSClientError("InvalidDBInstanceState", "DB Instance is not a read replica.")
        _require_available(instance)
        # RDS keeps backups for one day when the call does not say how long.
        retention = db_kwargs.get("backup_retention_period")
        source = _source_key(instance)

        def work() -> None:
            with self.phases.phase(instance, "modifying"):
                self.faults.wait_while_stuck(instance.db_instance_identifier)
                self._leave_recovery(instance, source)
            instance.backup_retention_period = 1 if retention is None else retention
            with self.phases.phase(instance, "backing-up"):
                if not self.fleet.in_recovery(instance.key):
                    self.fleet.backup(instance.key)

        return self._begin(instance, "modifying", work)

    def modify_db_instance(self, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> Instance:
        """Start to change an instance; raises RDSClientError unless it is available.

        Without ApplyImmediately the changes stay pending: there is no maintenance window in a rehearsal.
        """
        instance = self._existing(db_instance_identifier)
        _require_available(instance)
        changes = {k: v for k, v in db_kwargs.items() if k not in _NOT_SETTINGS and v is not None}
        pending = {name: changes[key] for key, name in _PENDING_NAMES.items() if key in changes}
        if pending:
            instance.pending_modified_values = pending
        if not db_kwargs.get("apply_immediately"):
            return instance
        first_backup = not instance.backup_retention_period and bool(changes.get("backup_retention_period"))

        def work() -> None:
            with self.phases.phase(instance, "modifying"):
                if password := db_kwargs.get("master_user_password"):
                    self.fleet.set_password(instance.key, instance.master_username, password)
            instance.update(**changes)
            if first_backup:
                with self.phases.phase(instance, "backing-up"):
                    self.fleet.backup(instance.key)
            instance.pending_modified_values = {}

        return self._begin(instance, "modifying", work)

    def delete_db_instance(self, db_instance_identifier: str, *args: Any, **kwargs: Any) -> Instance:
        """Delete an instance, its server and its files; raises RDSClientError for a protected one."""
        instance = self._existing(db_instance_identifier)
        source = _source_key(instance) if instance.is_replica else None
        if source is not None and not instance.deletion_protection:
            self._forget_replica(instance, source)
            instance.is_replica = False  # moto looks the source up once more, by a name it may not have
        deleted: Instance = super().delete_db_instance(db_instance_identifier, *args, **kwargs)
        self.fleet.remove(instance.key)
        return deleted

    def _leave_recovery(self, instance: Instance, source: Key | None) -> None:
        if instance.db_instance_identifier not in self.faults.promotion_skipped:
            self.fleet.promote(instance.key)
            if source is not None:
                self.fleet.release(instance.key, source)
        if source is not None:
            self._forget_replica(instance, source)
        instance.is_replica = False
        instance.source_db_instance_identifier = None

    def _forget_replica(self, instance: Instance, source: Key) -> None:
        origin = moto_rds.rds_backends[self.account_id][source.region].databases.get(source.identifier)
        if origin is not None:
            ours = {instance.db_instance_identifier, instance.db_instance_arn}
            origin.replicas = [name for name in origin.replicas if name not in ours]

    def _require_source(self, source: Instance) -> None:
        if source.region in self.fleet.dead:
            raise RDSClientError("InvalidDBInstanceState", f"The source region {source.region} does not answer.")
        _require_available(source)
        if not source.backup_retention_period:
            raise RDSClientError(
                "InvalidDBInstanceState", "Automated backups are not enabled for this database instance."
            )

    def _copy_of(self, source: Instance, identifier: str) -> Instance:
        replica: Instance = copy.copy(source)
        replica.backend = self
        replica.db_instance_identifier = identifier
        replica.set_as_replica()
        replica.backup_retention_period = 0
        replica.multi_az = False
        replica.deletion_protection = False
        replica.availability_zone = f"{self.region_name}a"
        replica.instance_create_time = replica.created = utcnow()
        replica.pending_modified_values = {}
        return self._adopt(replica)

    def _existing(self, identifier: str) -> Instance:
        instance = self.databases.get(identifier)
        if instance is None:
            raise DBInstanceNotFoundError(identifier)
        return instance  # type: ignore[no-any-return]

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


_REPLICA_ONLY = {"source_db_instance_identifier", "source_region", "pre_signed_url", "destination_region"}


def _require_available(instance: Instance) -> None:
    if instance.status != "available":
        raise RDSClientError(
            "InvalidDBInstanceState",
            f"Instance {instance.db_instance_identifier} is {instance.status}, not in available state.",
        )


def _source_key(instance: Instance) -> Key | None:
    source = instance.source_db_instance_identifier
    if not source:
        return None
    region = source.split(":")[3] if source.startswith("arn:") else instance.region
    return Key(region, source.split(":")[-1].lower())


def _master(instance: Instance) -> Master:
    if not instance.master_username:
        raise RDSClientError("InvalidParameterCombination", "MasterUsername is required.")
    managed = instance.manage_master_user_password
    password = _managed_password(instance) if managed else instance._master_user_password
    if not password:
        raise RDSClientError("InvalidParameterCombination", "MasterUserPassword is required.")
    return Master(instance.master_username, password, instance.db_name)


def _managed_password(instance: Instance) -> str:
    """Put a login that works into the secret of an instance; moto puts the same invented one into all."""
    password = secrets.token_urlsafe(24)
    secret = instance.master_user_secret.secret
    secret.secret_string = json.dumps({"username": instance.master_username, "password": password})
    secret.versions[secret.default_version_id]["secret_string"] = secret.secret_string
    return password
