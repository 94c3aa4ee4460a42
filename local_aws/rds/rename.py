"""A new name for an instance, and with it a new address."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from moto.rds import models as moto_rds

from local_aws.rds.databases import Databases, Key
from local_aws.rds.instance import Instance
from local_aws.rds.statuses import Phases


class Renaming:
    """Stands before moto's backend. Raises RDSClientError for what RDS refuses."""

    account_id: str
    region_name: str
    databases: dict[str, Instance]
    postgres: Databases
    phases: Phases

    @abstractmethod
    def _begin(self, instance: Instance, status: str, work: Callable[[], None]) -> Instance: ...

    @abstractmethod
    def _require_free(self, identifier: str) -> None: ...

    def _rename(self, instance: Instance, name: str, at_once: bool) -> Instance:
        self._require_free(name)
        moto_rds.RDSBackend._validate_db_identifier(name)
        if not at_once:
            instance.pending_modified_values = {"DBInstanceIdentifier": name}
            return instance
        old, old_arn = instance.key, instance.db_instance_arn

        def work() -> None:
            with self.phases.phase(instance, "renaming"):
                self.postgres.rename(old, Key(old.region, name))
            self.databases[name] = self.databases.pop(old.identifier)
            instance.db_instance_identifier = name
            self._tell_relatives(old.identifier, old_arn, instance)

        return self._begin(instance, "renaming", work)

    def _tell_relatives(self, old: str, old_arn: str, renamed: Instance) -> None:
        names = {old_arn: renamed.db_instance_arn, old: renamed.db_instance_identifier}
        for region, backend in moto_rds.rds_backends[self.account_id].items():
            known = names if region == self.region_name else {old_arn: names[old_arn]}
            for other in backend.databases.values():
                other.replicas = [known.get(replica, replica) for replica in other.replicas]
                source = other.source_db_instance_identifier
                other.source_db_instance_identifier = known.get(source, source)
