"""A database instance as RDS describes it, derived from its server."""

import copy
import time
from datetime import datetime
from typing import Any

from moto.rds import models as moto_rds

from local_aws.rds.databases import Databases, Key
from local_aws.rds.parameters import static_of

_NO_ENDPOINT = {"creating", "failed", "renaming"}


class Instance(moto_rds.DBInstance):  # type: ignore[misc]
    """moto's instance with the endpoint and the replication state of a real server.

    moto invents both: an address that resolves nowhere, and no StatusInfos at all.
    """

    __module__ = "moto.rds.models"  # moto derives the service from the second part of the module name
    postgres: Databases
    optimised_until = 0.0
    """When its storage, which was changed, is no longer optimised (``time.monotonic``)."""

    @property
    def status(self) -> str:
        """What RDS calls it; an instance whose storage is being optimised is available in every other respect."""
        status = str(self.__dict__["status"])
        optimised = status == "available" and time.monotonic() < self.optimised_until
        return "storage-optimization" if optimised else status

    @status.setter
    def status(self, status: str) -> None:
        self.__dict__["status"] = status

    in_force: tuple[str, dict[str, str]] | None = None
    """Name and static parameters of the group the server was started with; None before."""

    @property
    def db_parameter_group_status_list(self) -> list[Any]:
        """What is not in force before the next restart is ``pending-reboot``; moto calls every group ``in-sync``."""
        found = []
        for group in self.db_parameter_groups():
            told = copy.copy(group)
            told.ParameterApplyStatus = "in-sync" if self._is_in_force() else "pending-reboot"
            found.append(told)
        return found

    def _is_in_force(self) -> bool:
        name = self.db_parameter_group_name
        static = static_of(self.backend.db_parameter_groups, name)
        return self.in_force is None or self.in_force == (name or "", static)

    @property
    def key(self) -> Key:
        """Region and identifier."""
        return Key(self.region, self.db_instance_identifier)

    @property
    def endpoint(self) -> dict[str, Any] | None:
        """Address and port; as on RDS there is none while the instance is being created."""
        server = self.postgres.servers.get(self.key)
        if server is None or self.status in _NO_ENDPOINT:
            return None
        return {"Address": self.address, "Port": server.port}

    @property
    def address(self) -> str:
        """Every server listens on loopback."""
        return "127.0.0.1"

    @property
    def status_infos(self) -> list[dict[str, Any]]:
        """The state of replication; empty for an instance that is not a replica."""
        if not self.is_replica or self.status == "creating":
            return []
        streams = self.postgres.streaming(self.key)
        status = "replicating" if streams else "error"
        return [{"StatusType": "read replication", "Normal": streams, "Status": status}]

    @property
    def restorable_since(self) -> datetime | None:
        """The first moment this instance can be restored to; None before its first backup."""
        archive = self.postgres.archive(self.key)
        return None if archive is None else archive.earliest

    @property
    def latest_restorable_time(self) -> datetime | None:
        """The last moment this instance can be restored to, as read in its archive; None without backups."""
        archive = self.postgres.archive(self.key)
        return None if archive is None or not self.backup_retention_period else archive.latest
