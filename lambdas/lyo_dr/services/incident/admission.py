"""Admission of a signal: the facts it is judged by, the incident it opens, and what a refusal leaves on record."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.agreement import agreement, longest_gap
from lyo_dr.decisions.incident.admission import AdmissionLimits, work_of
from lyo_dr.model.consent import Blocked
from lyo_dr.model.incident import Incident, Lease, Signal, SystemRecord
from lyo_dr.model.verdict import Admission
from lyo_dr.services.incident.signal_kinds import ADMISSION
from lyo_dr.store.control_state import ControlState


class AdmissionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a signal is judged by, and where its lease is taken if it is admitted."""

    now: datetime
    record: SystemRecord
    max_age: timedelta
    lease_region: str
    leases: ControlState
    lease: Lease | None
    limits: AdmissionLimits
    seen_lost: bool


def gather_admission_facts(ctx: StepContext, signal: Signal) -> AdmissionFacts:
    """The record here, the lease where this kind of signal takes it, and the limits. Raises BadSignal."""
    kind = ADMISSION[signal.kind]
    now, record = ctx.now(), ctx.store.control.record()
    max_age, lease_at = kind.max_age(ctx.plan, signal), kind.lease_region(ctx, signal, record)
    leases = ctx.store.control if lease_at == ctx.region else ctx.standby.control
    lease = None if work_of(signal) is None else leases.lease()
    return AdmissionFacts(
        now=now,
        record=record,
        max_age=max_age,
        lease_region=lease_at,
        leases=leases,
        lease=lease,
        limits=_brakes(ctx),
        seen_lost=signal.kind == "region" and lease is not None and seen_lost(ctx, now),
    )


def seen_lost(ctx: StepContext, now: datetime) -> bool:
    """Whether the observations stored here agree for long enough that the other region is lost."""
    agreed = agreement(ctx.store.samples.last(), now=now, gap=longest_gap(ctx.plan))
    return agreed.seconds >= ctx.plan.policy.agreement.total_seconds()


def incident_of(
    ctx: StepContext, signal: Signal, incident_id: str, epoch: int, opened_at: datetime, lease_at: str
) -> Incident:
    """The incident that a signal opens, under the epoch of its lease."""
    kind = ADMISSION[signal.kind]
    return Incident(
        id=incident_id,
        epoch=epoch,
        region=ctx.region,
        lost_region=signal.region,
        opened_at=opened_at,
        outage_start=signal.at,
        databases=[database.name for database in ctx.plan.replicated()],
        services=[service.name for service in ctx.plan.services],
        database=kind.database(signal),
        lease_region=lease_at,
        breach=kind.finding(signal),
    )


def refuse(ctx: StepContext, execution: str, signal: Signal, verdict: Admission) -> Admission:
    """Record the refusal on the timeline, and an alarm that a limit blocked; return it with the time to wait."""
    if verdict.admission in ("cooldown", "maintenance"):
        ctx.store.controls.block(Blocked(at=ctx.now(), incident=execution, region=signal.region, why=verdict.sentence))
    # A signal that waits looks every few seconds; it says so once.
    if verdict.admission != "busy" or ctx.store.incidents.record_once(execution, "WAITS", "LEASE"):
        ctx.record(execution, verdict.sentence)
    return msgspec.structs.replace(verdict, wait_seconds=ctx.poll)


def _brakes(ctx: StepContext) -> AdmissionLimits:
    policy = ctx.plan.policy
    return AdmissionLimits(
        recovery=ctx.store.controls.recovery(), cooldown=policy.cooldown, maintenance=policy.maintenance
    )
