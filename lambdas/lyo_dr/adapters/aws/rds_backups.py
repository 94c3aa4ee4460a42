"""RDS for PostgreSQL: backups, snapshots, and the instances made from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import NotFound
from lyo_dr.model.recovery_method import Replicated
from lyo_dr.model.restore import Snapshot, Target, Window

INCIDENT_TAG = "lyo-dr-incident"
"""Marks what an incident has made: only that is adopted when it is found."""

PROBE_TAG = "lyo-dr-throw-away"
"""Marks what a search has restored: only that is deleted."""

_SETTINGS = (
    "DBInstanceClass",
    "PubliclyAccessible",
    "AutoMinorVersionUpgrade",
    "CopyTagsToSnapshot",
    "DeletionProtection",
    "StorageType",
    "Iops",
    "StorageThroughput",
    "MaxAllocatedStorage",
    "NetworkType",
)
"""Said again in the call: a restored instance has the defaults of RDS where nothing is said (RDS user guide,
"Restoring a DB instance to a specified time")."""

_STRIPED_FROM = 400
"""GiB from which gp3 of RDS for PostgreSQL has IOPS and throughput to choose. Below, a call that names them is refused,
though RDS describes them (RDS user guide, "gp3 storage")."""


class Backups:
    """The backups of one region."""

    def __init__(self, region: str) -> None:
        self.region = region

    def describe(self, identifier: str) -> dict[str, Any]:
        """The instance as RDS tells it. Raises NotFound."""
        with calling(f"describing database {identifier} in {self.region}"):
            answer = self._rds.describe_db_instances(DBInstanceIdentifier=identifier)
        found: dict[str, Any] = answer["DBInstances"][0]
        return found

    def find(self, identifier: str) -> dict[str, Any] | None:
        """The same, or None where there is no such instance."""
        try:
            return self.describe(identifier)
        except NotFound:
            return None

    def window(self, identifier: str) -> Window:
        """The moments that can be restored, as the archive says (RestoreWindow)."""
        with calling(f"describing the backups of {identifier} in {self.region}"):
            found = _all(
                self._rds.describe_db_instance_automated_backups,
                "DBInstanceAutomatedBackups",
                DBInstanceIdentifier=identifier,
            )
        kept = [backup for backup in found if backup.get("Region") == self.region]
        return _window(kept[0] if kept else {})

    def replicated(self, belongs: Callable[[str], bool], region: str) -> Replicated | None:
        """What is kept here of the backups of another region's database: of instances that ``belongs`` says are it.

        Of several the one that reaches furthest.
        """
        with calling(f"listing replicated backups in {self.region}"):
            listed = _all(self._rds.describe_db_instance_automated_backups, "DBInstanceAutomatedBackups")
        found = [
            Replicated(arn=raw["DBInstanceAutomatedBackupsArn"], window=_window(raw))
            for raw in listed
            if f":{region}:" in raw["DBInstanceArn"] and belongs(raw["DBInstanceIdentifier"])
        ]
        return max(found, key=lambda kept: str(kept.window.latest or ""), default=None)

    def reach(self, identifier: str, region: str) -> bool:
        """Whether backups of exactly this instance of another region are kept here, and can be restored from.

        Those that are kept of an earlier instance do not count, nor a replication that has only begun.
        """
        kept = self.replicated(lambda name: name == identifier, region)
        return kept is not None and kept.window.latest is not None

    def snapshots(self, identifier: str) -> list[Snapshot]:
        """Every snapshot of an instance; RDS lists them in no order."""
        with calling(f"listing the snapshots of {identifier} in {self.region}"):
            found = _all(self._rds.describe_db_snapshots, "DBSnapshots", DBInstanceIdentifier=identifier)
        return [_snapshot(raw) for raw in found]

    def take_snapshot(self, identifier: str, name: str, incident: str) -> None:
        """Start to take a snapshot. Raises WrongState while the instance is busy."""
        with calling(f"taking snapshot {name} of {identifier} in {self.region}"):
            self._rds.create_db_snapshot(
                DBInstanceIdentifier=identifier, DBSnapshotIdentifier=name, Tags=_tags([], incident)
            )

    def restore(
        self, source: dict[str, Any], name: str, target: Target, incident: str, *, throw_away: bool = False
    ) -> None:
        """Start creating an instance with all settings of ``source``; single-AZ, since a second zone takes time."""
        settings = restored_settings(source, incident)
        if throw_away:
            settings |= {"DeletionProtection": False}
            settings["Tags"].append({"Key": PROBE_TAG, "Value": "true"})
        with calling(f"restoring {source['DBInstanceIdentifier']} as {name} in {self.region}"):
            if target.kind == "snapshot":
                # This call alone has no such parameter; AddZone asks for it afterwards.
                settings.pop("MaxAllocatedStorage", None)
                self._rds.restore_db_instance_from_db_snapshot(
                    DBInstanceIdentifier=name, DBSnapshotIdentifier=target.snapshot, **settings
                )
                return
            when = {"UseLatestRestorableTime": True} if target.kind == "latest" else {"RestoreTime": target.at}
            self._rds.restore_db_instance_to_point_in_time(
                SourceDBInstanceIdentifier=source["DBInstanceIdentifier"],
                TargetDBInstanceIdentifier=name,
                **when,
                **settings,
            )

    def restore_replicated(self, arn: str, like: dict[str, Any], name: str, target: Target, incident: str) -> None:
        """Start to make an instance from backups replicated here, with the settings of the replica it stands in for."""
        when = {"UseLatestRestorableTime": True} if target.kind == "latest" else {"RestoreTime": target.at}
        with calling(f"restoring {name} in {self.region} from {arn}"):
            self._rds.restore_db_instance_to_point_in_time(
                SourceDBInstanceAutomatedBackupsArn=arn,
                TargetDBInstanceIdentifier=name,
                **when,
                **restored_settings(like, incident),
            )

    def rename(self, identifier: str, name: str) -> None:
        """Start to give an instance another name, and so another address. Raises WrongState while it is busy."""
        with calling(f"renaming database {identifier} to {name} in {self.region}"):
            self._rds.modify_db_instance(
                DBInstanceIdentifier=identifier, NewDBInstanceIdentifier=name, ApplyImmediately=True
            )

    def change(self, name: str, settings: dict[str, Any]) -> None:
        """Change settings at once. Raises WrongState while it is busy.

        Another parameter group is associated at once, and in force after a restart (RDS User Guide, "Associating a DB
        parameter group with a DB instance").
        """
        with calling(f"changing database {name} in {self.region}"):
            self._rds.modify_db_instance(DBInstanceIdentifier=name, ApplyImmediately=True, **settings)

    def reboot(self, name: str) -> None:
        """Start to reboot an instance, which ends its sessions. Raises WrongState while it is busy."""
        with calling(f"rebooting database {name} in {self.region}"):
            self._rds.reboot_db_instance(DBInstanceIdentifier=name)

    def keep(self, raw: dict[str, Any], *, protected: bool) -> None:
        """Turn a temporary instance into a permanent one. Raises WrongState while it is busy."""
        name = raw["DBInstanceIdentifier"]
        with calling(f"keeping database {name} in {self.region}"):
            if protected and not raw.get("DeletionProtection"):
                self._rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=True, ApplyImmediately=True)
            self._rds.remove_tags_from_resource(ResourceName=raw["DBInstanceArn"], TagKeys=[PROBE_TAG])

    def delete(self, name: str) -> None:
        """Start to delete an instance with its backups, without a last snapshot. Raises WrongState while it is busy."""
        with calling(f"deleting database {name} in {self.region}"):
            self._rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)

    def replicate(self, source: dict[str, Any], like: dict[str, Any], name: str, incident: str) -> None:
        """Start to make a replica of another region's instance here, with the settings of the one before it."""
        settings = restored_settings(like, incident)
        settings.pop("EnableCloudwatchLogsExports", None)
        # Refused for PostgreSQL (RDS API reference, CreateDBInstanceReadReplica); it is given afterwards.
        settings.pop("DBParameterGroupName", None)
        if like.get("KmsKeyId"):
            settings["KmsKeyId"] = like["KmsKeyId"]
        arn = source["DBInstanceArn"]
        with calling(f"making {name} in {self.region}, a replica of {arn}"):
            self._rds.create_db_instance_read_replica(
                DBInstanceIdentifier=name,
                SourceDBInstanceIdentifier=arn,
                SourceRegion=arn.split(":")[3],
                **settings,
            )

    @property
    def _rds(self) -> Any:
        return client("rds", self.region)


def made_by(raw: dict[str, Any], incident: str) -> bool:
    """Whether an instance carries an incident's tag."""
    return {"Key": INCIDENT_TAG, "Value": incident} in raw.get("TagList", [])


def is_thrown_away(raw: dict[str, Any]) -> bool:
    """Whether an instance is a temporary restore that was not kept since."""
    return PROBE_TAG in {tag["Key"] for tag in raw.get("TagList", [])}


def restored_settings(source: dict[str, Any], incident: str) -> dict[str, Any]:
    """The settings of an instance as arguments of a call that makes another; only what the source has."""
    settings = {name: source[name] for name in _SETTINGS if source.get(name) is not None}
    settings = {name: value for name, value in settings.items() if name not in _not_to_be_said(source)}
    if source.get("DBSubnetGroup"):
        settings["DBSubnetGroupName"] = source["DBSubnetGroup"]["DBSubnetGroupName"]
    if groups := [group["VpcSecurityGroupId"] for group in source.get("VpcSecurityGroups", [])]:
        settings["VpcSecurityGroupIds"] = groups
    if parameters := source.get("DBParameterGroups"):
        settings["DBParameterGroupName"] = parameters[0]["DBParameterGroupName"]
    if exports := source.get("EnabledCloudwatchLogsExports"):
        settings["EnableCloudwatchLogsExports"] = exports
    settings["EnableIAMDatabaseAuthentication"] = bool(source.get("IAMDatabaseAuthenticationEnabled"))
    settings["MultiAZ"] = False
    settings["Tags"] = _tags(source.get("TagList", []), incident)
    return settings


def _not_to_be_said(source: dict[str, Any]) -> set[str]:
    """Settings of the storage that RDS describes and does not take back. Left out, a small gp3 volume is gp3 again."""
    small = source.get("StorageType") == "gp3" and source.get("AllocatedStorage", 0) < _STRIPED_FROM
    throughput = set() if source.get("StorageThroughput") else {"StorageThroughput"}
    return {"StorageType", "Iops", "StorageThroughput"} if small else throughput


def settings_to_keep(raw: dict[str, Any]) -> dict[str, Any]:
    """What ``restored_settings`` needs of an instance, for the day on which it is gone."""
    kept = {name: raw[name] for name in _SETTINGS if raw.get(name) is not None}
    group = (raw.get("DBSubnetGroup") or {}).get("DBSubnetGroupName")
    kept["DBSubnetGroup"] = {"DBSubnetGroupName": group} if group else {}
    groups = [{"VpcSecurityGroupId": each["VpcSecurityGroupId"]} for each in raw.get("VpcSecurityGroups", [])]
    parameters = [{"DBParameterGroupName": each["DBParameterGroupName"]} for each in raw.get("DBParameterGroups", [])]
    kept |= {"VpcSecurityGroups": groups, "DBParameterGroups": parameters, "TagList": raw.get("TagList", [])}
    kept["DbiResourceId"] = raw.get("DbiResourceId", "")
    kept["AllocatedStorage"] = raw.get("AllocatedStorage", 0)
    kept["IAMDatabaseAuthenticationEnabled"] = bool(raw.get("IAMDatabaseAuthenticationEnabled"))
    return kept


def _all(describe: Callable[..., dict[str, Any]], member: str, **asked: Any) -> list[dict[str, Any]]:
    """Every page of a description: RDS lists at most 100 at a time (RDS API reference, MaxRecords)."""
    found: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        page = describe(**asked, **more)
        found += page[member]
        if not page.get("Marker"):
            return found
        more = {"Marker": page["Marker"]}


def _window(raw: dict[str, Any]) -> Window:
    told = raw.get("RestoreWindow") or {}
    return Window(earliest=told.get("EarliestTime"), latest=told.get("LatestTime"))


def _tags(before: list[dict[str, str]], incident: str) -> list[dict[str, str]]:
    """``aws:`` tags belong to AWS and are refused in a call."""
    kept = [tag for tag in before if not tag["Key"].startswith("aws:") and tag["Key"] not in (INCIDENT_TAG, PROBE_TAG)]
    return [*kept, {"Key": INCIDENT_TAG, "Value": incident}]


def _snapshot(raw: dict[str, Any]) -> Snapshot:
    return Snapshot(identifier=raw["DBSnapshotIdentifier"], status=raw["Status"], at=raw.get("SnapshotCreateTime"))
