"""The automated backups of an instance as RDS describes them, and the calls moto does not know."""

import base64
import copy
import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from local_aws.rds.archive import Archive
from local_aws.rds.errors import Backups
from local_aws.rds.instance import Instance


class AutomatedBackup:
    """Backups kept in ``region``: of an instance there, or the copy of another region's.

    Attributes carry the names by which moto's answers look for them.
    """

    def __init__(self, source: Instance, region: str, archive: Archive, retention_days: int) -> None:
        self.settings: Instance = copy.copy(source)  # a copy has to do without its source
        self.archive = archive
        self.region = source.region
        self.db_instance_arn: str = source.db_instance_arn
        self.db_instance_identifier: str = source.db_instance_identifier
        self.dbi_resource_id: str = source.dbi_resource_id
        self.backup_retention_period = retention_days
        self.engine, self.engine_version = source.engine, source.engine_version
        self.allocated_storage = source.allocated_storage
        own = source.region == region
        unique = self.dbi_resource_id if own else base64.b32encode(uuid.uuid4().bytes).decode()[:26]
        account = source.db_instance_arn.split(":")[4]
        self.db_instance_automated_backups_arn = f"arn:aws:rds:{region}:{account}:auto-backup:ab-{unique.lower()}"
        self.status = "active" if own else "replicating"

    @property
    def restore_window(self) -> dict[str, Any]:
        """The moments that can be restored."""
        return {"EarliestTime": self.archive.earliest, "LatestTime": self.archive.latest}

    def window(self) -> Backups:
        """The same for who has to refuse others."""
        return Backups(
            self.db_instance_identifier, self.backup_retention_period, self.archive.earliest, self.archive.latest
        )


def apply() -> None:
    """Teach moto the two calls that replicate backups to another region."""
    for operation in ("start", "stop"):
        name = f"{operation}_db_instance_automated_backups_replication"
        setattr(RDSResponse, name, _answering(name))


def _answering(operation: str) -> Any:
    def answer(self: Any) -> ActionResult:
        return ActionResult({"DBInstanceAutomatedBackup": getattr(self.backend, operation)(**self.params)})

    return answer
