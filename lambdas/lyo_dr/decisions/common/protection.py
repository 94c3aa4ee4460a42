"""Protection of the new primary: backup retention and Multi-AZ as planned."""

from __future__ import annotations

from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.facts import Instance
from lyo_dr.model.plan import Database
from lyo_dr.model.plurals import counted
from lyo_dr.model.verdict import Progress


def is_protected(database: Database, instance: Instance) -> bool:
    """Whether backup retention and Multi-AZ are at least as planned."""
    multi_az = instance.multi_az or not database.multi_az
    return multi_az and instance.backup_retention_days >= database.backup_retention_days


def is_asked_for(database: Database, instance: Instance) -> bool:
    """Whether the missing settings are pending changes that RDS has accepted."""
    pending = instance.pending_changes
    multi_az = instance.multi_az or not database.multi_az or "MultiAZ" in pending
    backups = instance.backup_retention_days >= database.backup_retention_days or "BackupRetentionPeriod" in pending
    return multi_az and backups


def may_protect(
    database: Database,
    instance: Instance,
    deadline: Deadline,
) -> Progress:
    """``ready`` means the change can be asked for now, or is there already; RDS refuses it while backing up."""
    name = instance.identifier
    if is_asked_for(database, instance):
        return Progress(status="ready", sentence=f"{name} already has backups and Multi-AZ, or the change is pending")
    verdict = _when_ready(instance, "cannot be protected yet", deadline)
    if verdict.status == "ready":
        return Progress(status="ready", sentence=f"{name}: requesting backups and Multi-AZ as planned")
    return verdict


def protection_progress(
    database: Database,
    instance: Instance,
    deadline: Deadline,
) -> Progress:
    """Ready when the instance shows backups and Multi-AZ, not when the change was accepted."""
    if is_protected(database, instance) and instance_status(instance.status) == "ready":
        kept = counted(instance.backup_retention_days, "day")
        zones = "in several zones" if instance.multi_az else "in one zone, as planned"
        return Progress(status="ready", sentence=f"{instance.identifier} keeps {kept} of backups and runs {zones}")
    waiting = _when_ready(instance, "is not protected yet", deadline)
    if waiting.status == "ready":
        return Progress(status="pending", sentence=waiting.sentence, wait_seconds=deadline.poll)
    return waiting


def _when_ready(instance: Instance, what: str, deadline: Deadline) -> Progress:
    sentence = f"{instance.identifier} {what} ({instance.status})"
    if instance_status(instance.status) == "broken" or deadline.expired:
        return Progress(status="broken", sentence=sentence)
    ready = instance_status(instance.status) == "ready"
    return Progress(status="ready" if ready else "pending", sentence=sentence, wait_seconds=deadline.poll)
