"""One table for every status of an RDS instance (RDS user guide, "Viewing DB instance status")."""

from __future__ import annotations

from lyo_dr.model.facts import Instance
from lyo_dr.model.verdict import Status

_READY = {"available", "storage-optimization", "storage-config-upgrade"}
"""It serves, and can be changed, promoted and copied. The last two only bar changes of the storage, for hours."""
_BROKEN = {
    "delete-precheck",
    "deleting",
    "failed",
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "insufficient-capacity",
    "restore-error",
    "stopped",
    "stopping",
    "storage-full",
    "terminated",
}


def instance_status(status: str) -> Status:
    """Ready, pending or broken; a status AWS adds later counts as pending, until the budget ends."""
    if status in _READY:
        return "ready"
    if status in _BROKEN or status.startswith("incompatible-"):
        return "broken"
    return "pending"


def member_of_cluster(instance: Instance) -> str:
    """The sentence about a member of a DB cluster: Aurora's, or one of RDS with two readable standbys."""
    return (
        f"{instance.identifier} is a member of the DB cluster {instance.cluster}; clusters such as Aurora's are not "
        "recovered (docs/limits.md): name an RDS instance that stands alone"
    )
