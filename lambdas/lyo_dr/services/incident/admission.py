"""Admission of a signal: the facts it is judged by, the incident it opens, and what a refusal leaves on record."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.admission import AdmissionLimits
from lyo_dr.model.consent import Blocked
from lyo_dr.model.incident import Incident, Lease, Signal, SystemRecord
from lyo_dr.model.verdict import Admission
from lyo_dr.services.common.notify import notify
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


def gather_admission_facts(ctx: StepContext, signal: Signal) -> AdmissionFacts:
    """The record here, the lease where this kind of signal takes it, and the limits. Raises BadSignal."""
    kind = ADMISSION[signal.kind]
    now, record = ctx.now(), ctx.store.control.record()
    max_age, lease_at = kind.max_age(ctx.plan, signal), kind.lease_region(ctx, signal, record)
    leases = ctx.store.control if lease_at == ctx.region else ctx.standby.control
    return AdmissionFacts(
        now=now,
        record=record,
        max_age=max_age,
        lease_region=lease_at,
        leases=leases,
        lease=leases.lease(),
        limits=_brakes(ctx),
    )


def incident_of(ctx: StepContext, signal: Signal, lease: Lease, lease_at: str) -> Incident:
    """The incident that a signal opens under this lease."""
    kind = ADMISSION[signal.kind]
    return Incident(
        id=lease.holder,
        epoch=lease.epoch,
        region=ctx.region,
        lost_region=signal.region,
        opened_at=lease.taken_at,
        outage_start=signal.at,
        databases=[database.name for database in ctx.plan.databases],
        services=[service.name for service in ctx.plan.services],
        database=kind.database(signal),
        lease_region=lease_at,
        breach=kind.finding(signal),
    )


def announce_refusal(ctx: StepContext, execution: str, signal: Signal, verdict: Admission, now: datetime) -> None:
    """Record an alarm that a limit blocked, and notify where this kind of signal must not be dropped in silence."""
    if verdict.admission in ("cooldown", "maintenance"):
        region = signal.region
        ctx.store.controls.block(Blocked(at=now, incident=execution, region=region, why=verdict.sentence))
    if verdict.admission == "duplicate":
        notify(ctx, execution, ADMISSION[signal.kind].if_duplicate(signal, verdict.sentence))


def refuse(ctx: StepContext, execution: str, verdict: Admission) -> Admission:
    """Record the refusal on the timeline, and return it with the time to wait."""
    # A signal that waits looks every few seconds; it says so once.
    if verdict.admission != "busy" or ctx.store.incidents.record_once(execution, "WAITS", "LEASE"):
        ctx.record(execution, verdict.sentence)
    return msgspec.structs.replace(verdict, wait_seconds=ctx.poll)


def _brakes(ctx: StepContext) -> AdmissionLimits:
    policy = ctx.plan.policy
    return AdmissionLimits(
        recovery=ctx.store.controls.recovery(), cooldown=policy.cooldown, maintenance=policy.maintenance
    )
