"""RDS for PostgreSQL: describe, promote, protect."""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import NotFound
from lyo_dr.model.facts import Instance

_DELAY = "recovery_min_apply_delay"


class Rds:
    """The instances of one region. ``attempts`` are fewer where an answer is wanted at once or not at all."""

    def __init__(self, region: str, *, attempts: int = 4) -> None:
        self.region = region
        self._attempts = attempts

    def describe(self, identifier: str) -> Instance:
        """The instance as the API sees it. Raises NotFound."""
        with calling(f"describing database {identifier} in {self.region}"):
            rds = client("rds", self.region, attempts=self._attempts)
            answer = rds.describe_db_instances(DBInstanceIdentifier=identifier)
        return _instance(answer["DBInstances"][0])

    def promote(self, identifier: str, backup_retention_days: int) -> None:
        """Start the promotion; irreversible. The retention goes with the call, since RDS defaults to one day

        (RDS API reference, PromoteReadReplica). Raises WrongState while it is backing up or not a replica.
        """
        with calling(f"promoting database {identifier} in {self.region}"):
            client("rds", self.region).promote_read_replica(
                DBInstanceIdentifier=identifier, BackupRetentionPeriod=backup_retention_days
            )

    def delay_in(self, group: str) -> int | None:
        """The delay of a parameter group in milliseconds; None where it was never set, or there is no such group."""
        try:
            with calling(f"describing parameter group {group} in {self.region}"):
                pages = client("rds", self.region).get_paginator("describe_db_parameters")
                found = [
                    each.get("ParameterValue")
                    for page in pages.paginate(DBParameterGroupName=group, Source="user")
                    for each in page["Parameters"]
                    if each["ParameterName"] == _DELAY
                ]
        except NotFound:
            return None
        return int(found[0]) if found and found[0] else None

    def delay(self, group: str, milliseconds: int) -> None:
        """Another delay for the replicas of a parameter group, at once: the parameter is dynamic."""
        with calling(f"setting the delay of parameter group {group} in {self.region}"):
            client("rds", self.region).modify_db_parameter_group(
                DBParameterGroupName=group,
                Parameters=[
                    {
                        "ParameterName": _DELAY,
                        "ParameterValue": str(milliseconds),
                        "ApplyMethod": "immediate",
                    }
                ],
            )

    def protect(self, identifier: str, *, multi_az: bool, backup_retention_days: int) -> None:
        """Ask for Multi-AZ and backups at once. Raises WrongState while it is backing up."""
        with calling(f"protecting database {identifier} in {self.region}"):
            client("rds", self.region).modify_db_instance(
                DBInstanceIdentifier=identifier,
                MultiAZ=multi_az,
                BackupRetentionPeriod=backup_retention_days,
                ApplyImmediately=True,
            )


def _instance(raw: dict[str, Any]) -> Instance:
    infos = raw.get("StatusInfos") or []
    return Instance(
        identifier=raw["DBInstanceIdentifier"],
        status=raw["DBInstanceStatus"],
        source=raw.get("ReadReplicaSourceDBInstanceIdentifier") or None,
        replicating=any(info.get("StatusType") == "read replication" for info in infos),
        multi_az=bool(raw.get("MultiAZ")),
        backup_retention_days=int(raw.get("BackupRetentionPeriod") or 0),
        pending_changes=sorted(raw.get("PendingModifiedValues") or {}),
        cluster=raw.get("DBClusterIdentifier") or "",
        maintenance=raw.get("PreferredMaintenanceWindow") or "",
    )
