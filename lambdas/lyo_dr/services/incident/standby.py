"""Declaration of a new standby: facts of both regions, a decision, and the record in both tables at a new epoch."""

from __future__ import annotations

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.cloudwatch import write_latch
from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.front_names import by_latch
from lyo_dr.decisions.failover.traffic import latch_value
from lyo_dr.decisions.incident.standby import Standby, may_stand_by
from lyo_dr.errors import LyoDrError, NotFound
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Database
from lyo_dr.store.control_state import hand_over


def declare_standby(ctx: StepContext, by: str) -> Standby:
    """Make the peer of the active region its standby. Idempotent: a second run resumes.

    Raises our errors if a table stops responding half way: the writes so far are consistent, and running it again
    completes them.
    """
    record, theirs = ctx.store.control.record(), _their_record(ctx)
    if ctx.region == record.active_region and ctx.peer_region == record.standby_region and theirs != record:
        # An earlier run got as far as our own table.
        hand_over(record, active=ctx.store.control, standby=ctx.peer.control)
        return _recorded(Standby(status="declared", sentence=_sentence(record, by)), record.epoch, ctx)
    verdict = may_stand_by(
        ctx.plan,
        ctx.peer_region,
        record=record,
        theirs=theirs,
        lease=ctx.store.control.lease(),
        instances={d.name: _instance(d.instance_in(ctx.peer_region), ctx) for d in ctx.plan.replicated()},
        backed_up=[d.name for d in ctx.plan.databases if d.way == "restore" and _is_backed_up(d, ctx)],
        now=ctx.now(),
    )
    if verdict.status != "ready":
        return verdict
    return _declare(record, by, ctx)


def _declare(record: SystemRecord, by: str, ctx: StepContext) -> Standby:
    """The lease provides the new epoch and keeps other work from starting meanwhile."""
    holder = f"standby-{ctx.peer_region}-{ctx.now():%Y%m%dT%H%M%S}"
    lease = ctx.store.control.take_lease(holder, ctx.now(), ctx.plan.budgets.lease, "re_protection")
    if lease is None:
        return Standby(
            status="refused", sentence="Another process took the lease at the same moment", blockers=["lease"]
        )
    declared = SystemRecord(active_region=ctx.region, standby_region=ctx.peer_region, epoch=lease.epoch)
    try:
        # Before anything may fail over to the standby, the latch that holds it out of the answer has to rest.
        _rest_latch(declared, ctx)
        # The next failover runs in the standby, so its brakes have to know of the last one.
        if (recovery := ctx.store.controls.recovery()) is not None:
            ctx.peer.controls.remember(recovery)
        hand_over(declared, active=ctx.store.control, standby=ctx.peer.control)
    finally:
        ctx.store.control.release_lease(holder, lease.epoch, ctx.now())
    return _recorded(Standby(status="declared", sentence=_sentence(declared, by)), record.epoch, ctx)


def _rest_latch(record: SystemRecord, ctx: StepContext) -> None:
    regions = ctx.plan.regions
    if by_latch(ctx.plan):
        off = latch_value(record, here=ctx.region, primary=regions.primary, secondary=regions.secondary)
        write_latch(ctx.region, ctx.names.record_of(ctx.peer_region), off=off)


def _their_record(ctx: StepContext) -> SystemRecord | None:
    try:
        return ctx.peer.control.record()
    except LyoDrError:
        return None


def _is_backed_up(database: Database, ctx: StepContext) -> bool:
    """Whether backups of what serves users here are replicated to the peer, which has no replica of it."""
    serving = ctx.store.databases.instance(database.name, database.instance_in(ctx.region))
    return Backups(ctx.peer_region).reach(serving, ctx.region)


def _instance(identifier: str, ctx: StepContext) -> Instance | None:
    try:
        return Rds(ctx.peer_region).describe(identifier)
    except NotFound:
        return None


def _sentence(record: SystemRecord, by: str) -> str:
    return f"{record.standby_region} is the standby of {record.active_region} at epoch {record.epoch}, declared by {by}"


def _recorded(verdict: Standby, former_epoch: int, ctx: StepContext) -> Standby:
    """Record on the timeline of the incident that left the system without a standby, if known."""
    deposed = ctx.store.fences.deposed(former_epoch)
    if deposed is None:
        log.say(verdict.sentence)
    else:
        ctx.record(deposed.incident, verdict.sentence)
    return verdict
