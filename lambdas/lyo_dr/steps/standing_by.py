"""Declaring a new standby: facts of both regions, a decision, and the record in both tables under a new epoch."""

from __future__ import annotations

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.metrics import write_latch
from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.decisions.standby import Standby, may_stand_by
from lyo_dr.decisions.traffic import latch_value
from lyo_dr.doorman import Here
from lyo_dr.errors import LyoDrError, NotFound
from lyo_dr.incidents.system import hand_over
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import SystemRecord


def declare_standby(here: Here, by: str) -> Standby:
    """Make the peer of the active region its standby; ``here`` is the active region. Run again, it goes on.

    Raises our errors when a table falls silent half way: what was written stays right, and running it again
    completes it.
    """
    record, theirs = here.system.record(), _their_record(here)
    if here.region == record.active_region and here.peer == record.standby_region and theirs != record:
        # An earlier run got as far as our own table.
        hand_over(record, active=here.system, standby=here.peer_system)
        return _told(Standby(status="declared", sentence=_sentence(record, by)), record.epoch, here)
    verdict = may_stand_by(
        here.plan,
        here.peer,
        record=record,
        theirs=theirs,
        lease=here.system.lease(),
        instances={database.name: _instance(database.instances[here.peer], here) for database in here.plan.databases},
        now=here.now(),
    )
    if verdict.status != "ready":
        return verdict
    return _declare(record, by, here)


def _declare(record: SystemRecord, by: str, here: Here) -> Standby:
    """The lease gives the new epoch, and keeps everything else from starting meanwhile."""
    holder = f"standby-{here.peer}-{here.now():%Y%m%dT%H%M%S}"
    lease = here.system.take_lease(holder, here.now(), here.plan.budgets.lease)
    if lease is None:
        return Standby(status="refused", sentence="Somebody else took the lease this very moment", blockers=["lease"])
    declared = SystemRecord(active_region=here.region, standby_region=here.peer, epoch=lease.epoch)
    try:
        # Before anything may fail over to the standby, the latch that holds it out of the answer has to rest.
        _rest_latch(declared, here)
        # The next failover runs in the standby, so its brakes have to know of the last one.
        if (recovery := here.brakes.recovery()) is not None:
            here.peer_brakes.remember(recovery)
        hand_over(declared, active=here.system, standby=here.peer_system)
    finally:
        here.system.release_lease(holder, lease.epoch, here.now())
    return _told(Standby(status="declared", sentence=_sentence(declared, by)), record.epoch, here)


def _rest_latch(record: SystemRecord, here: Here) -> None:
    regions = here.plan.regions
    if here.plan.traffic.strategy == "latch":
        off = latch_value(record, here=here.region, primary=regions.primary, secondary=regions.secondary)
        write_latch(here.region, here.names.record_of(here.peer), off=off)


def _their_record(here: Here) -> SystemRecord | None:
    try:
        return here.peer_system.record()
    except LyoDrError:
        return None


def _instance(identifier: str, here: Here) -> Instance | None:
    try:
        return Rds(here.peer).describe(identifier)
    except NotFound:
        return None


def _sentence(record: SystemRecord, by: str) -> str:
    return f"{record.standby_region} stands by for {record.active_region} at epoch {record.epoch}, declared by {by}"


def _told(verdict: Standby, former_epoch: int, here: Here) -> Standby:
    """On the timeline of the incident that left the system without a standby, where that is known."""
    deposed = here.fences.deposed(former_epoch)
    if deposed is None:
        log.say(verdict.sentence)
    else:
        here.tell(deposed.incident, verdict.sentence)
    return verdict
