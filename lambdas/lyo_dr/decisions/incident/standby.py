"""Whether a region may become the standby: only once a replica streams there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec

from lyo_dr.decisions.common.instance_status import instance_status, member_of_cluster
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.plan import Database, Plan


class Standby(msgspec.Struct, frozen=True, kw_only=True):
    """``ready``, ``declared`` already, or ``refused`` with one sentence per blocker."""

    status: str
    sentence: str
    blockers: list[str] = []


def may_stand_by(
    plan: Plan,
    region: str,
    *,
    record: SystemRecord,
    theirs: SystemRecord | None,
    lease: Lease | None,
    instances: dict[str, Instance | None],
    now: datetime,
    backed_up: Collection[str] = (),
) -> Standby:
    """Evaluated in the active region. ``theirs`` is the record of ``region``, None if it does not respond.

    Its service counts do not matter: they serve no users while its database is a replica, and a failover scales them
    up. Databases that are not critical do not block, as they do not block a failover. ``backed_up``: those without a
    replica, whose backups are replicated to ``region``.
    """
    if region == record.standby_region and theirs == record:
        return Standby(status="declared", sentence=f"{region} is already the standby, at epoch {record.epoch}")
    blockers = [
        *_roles(region, record),
        *_their_record(region, record, theirs),
        *_work(lease, now),
        *(
            blocker
            for database in plan.databases
            if database.critical
            for blocker in (
                _replica(database, instances.get(database.name), region, record.active_region)
                if database.has_replica
                else _backups(database, region, backed_up)
            )
        ),
    ]
    if blockers:
        return Standby(
            status="refused", sentence=f"{region} cannot become the standby: {'; '.join(blockers)}", blockers=blockers
        )
    return Standby(status="ready", sentence=f"{region} can become the standby of {record.active_region}")


def _roles(region: str, record: SystemRecord) -> Iterator[str]:
    if region == record.active_region:
        yield f"{region} is the active region itself"


def _their_record(region: str, record: SystemRecord, theirs: SystemRecord | None) -> Iterator[str]:
    if theirs is None:
        yield f"the table of {region} does not respond, and both tables have to agree"
    elif theirs.epoch > record.epoch:
        yield f"the record in {region} is newer (epoch {theirs.epoch}) than the one here (epoch {record.epoch})"
    elif theirs.active_region == region != record.active_region:
        yield f"{region} still considers itself active; its keeper corrects that within a minute"


def _work(lease: Lease | None, now: datetime) -> Iterator[str]:
    if lease is not None and lease.expires_at > now:
        yield f"{lease.holder} is in progress under epoch {lease.epoch}"


def _not_ready(instance: Instance) -> Iterator[str]:
    if instance.cluster:
        yield member_of_cluster(instance)
    if instance_status(instance.status) != "ready":
        yield f"{instance.identifier} is {instance.status}"


def _backups(database: Database, region: str, backed_up: Collection[str]) -> Iterator[str]:
    if database.name not in backed_up:
        yield f"database {database.name}: it has no replica, and no backups of it are replicated to {region}"


def _replica(database: Database, instance: Instance | None, region: str, active: str) -> Iterator[str]:
    name, source = database.instance_in(region), database.instance_in(active)
    if instance is None:
        yield f"database {database.name}: RDS in {region} has no instance {name}"
        return
    yield from (f"database {database.name}: {why}" for why in _not_ready(instance))
    if instance.source is None:
        yield f"database {database.name}: {name} is not a replica"
    elif instance.source.split(":")[3:4] != [active] or not database.lives_in(instance.source.split(":")[-1], active):
        yield f"database {database.name}: {name} replicates {instance.source}, not {source} in {active}"
    elif not instance.replicating:
        yield f"database {database.name}: {name} does not replicate from {source} yet"
