"""May a region become the standby? Authority is handed over when a replica streams there, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.plan import Database, Plan


class Standby(msgspec.Struct, frozen=True, kw_only=True):
    """``ready`` to be declared, ``declared`` already, or ``refused`` with one sentence per blocker."""

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
) -> Standby:
    """Judged in the active region. ``theirs`` is the record of ``region``, None when it does not answer.

    The count of its services does not matter: they serve nobody while its database is a replica, and a failover
    raises them. Databases that are not critical do not block, as they do not block a failover.
    """
    if region == record.standby_region and theirs == record:
        return Standby(status="declared", sentence=f"{region} stands by already, at epoch {record.epoch}")
    blockers = [
        *_roles(region, record),
        *_their_record(region, record, theirs),
        *_work(lease, now),
        *(
            blocker
            for database in plan.databases
            if database.critical
            for blocker in _replica(database, instances.get(database.name), region, record.active_region)
        ),
    ]
    if blockers:
        return Standby(status="refused", sentence=f"{region} cannot stand by: {'; '.join(blockers)}", blockers=blockers)
    return Standby(status="ready", sentence=f"{region} may stand by for {record.active_region}")


def _roles(region: str, record: SystemRecord) -> Iterator[str]:
    if region == record.active_region:
        yield f"{region} is the active region itself"


def _their_record(region: str, record: SystemRecord, theirs: SystemRecord | None) -> Iterator[str]:
    if theirs is None:
        yield f"the table of {region} does not answer, and both tables have to say the same"
    elif theirs.epoch > record.epoch:
        yield f"the record in {region} is newer (epoch {theirs.epoch}) than the one here (epoch {record.epoch})"
    elif theirs.active_region == region != record.active_region:
        yield f"{region} still takes itself for active; its keeper corrects that within a minute"


def _work(lease: Lease | None, now: datetime) -> Iterator[str]:
    if lease is not None and lease.expires_at > now:
        yield f"{lease.holder} is at work under epoch {lease.epoch}"


def _replica(database: Database, instance: Instance | None, region: str, active: str) -> Iterator[str]:
    name, source = database.instances[region], database.instances[active]
    if instance is None:
        yield f"database {database.name}: RDS in {region} knows no instance {name}"
        return
    if instance_status(instance.status) != "ready":
        yield f"database {database.name}: {name} is {instance.status}"
    if instance.source is None:
        yield f"database {database.name}: {name} is not a replica"
    elif instance.source.split(":")[3:4] != [active] or not database.lives_in(instance.source.split(":")[-1], active):
        yield f"database {database.name}: {name} replicates {instance.source}, not {source} in {active}"
    elif not instance.replicating:
        yield f"database {database.name}: {name} does not stream from {source} yet"
