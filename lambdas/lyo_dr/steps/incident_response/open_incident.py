"""OpenIncident: validate and deduplicate the signal, check the role, take the lease."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.messages import not_worked_on
from lyo_dr.decisions.breach.response import breach_of, hint_of
from lyo_dr.decisions.incident.admission import AdmissionLimits, admit, lease_region, waits
from lyo_dr.decisions.incident.signals import INSTANCE_ALARMS
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.handler import step
from lyo_dr.model.consent import Blocked
from lyo_dr.model.incident import Incident, Signal, SystemRecord
from lyo_dr.model.verdict import Admission
from lyo_dr.services.common.notify import notify
from lyo_dr.services.failover.replicated_backups import keep_wish


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signal, and the execution's name, which becomes the incident's id."""

    signal: Signal
    execution: str


@step("OpenIncident", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """The incident that every later step carries, or the reason why there is none."""
    now, record = ctx.now(), ctx.store.control.record()
    is_breach = request.signal.kind == "breach"
    max_age, lease_at = _max_age(request.signal, ctx), _lease_at(request.signal, record, ctx)
    leases = ctx.store.control if lease_at == ctx.region else ctx.standby.control
    verdict = admit(
        request.signal,
        here=ctx.region,
        pair=ctx.plan.regions.pair,
        incident_id=request.execution,
        record=record,
        lease=leases.lease(),
        now=now,
        max_age=max_age,
        brakes=_brakes(ctx),
    )
    if verdict.admission in ("cooldown", "maintenance"):
        region = request.signal.region
        ctx.store.controls.block(Blocked(at=now, incident=request.execution, region=region, why=verdict.sentence))
    if is_breach and verdict.admission == "duplicate":
        finding = f"Finding {hint_of(request.signal).finding}"
        notify(ctx, request.execution, not_worked_on(verdict.sentence, finding))
    if verdict.admission != "open":
        return _refuse(request.execution, verdict, ctx)
    lease = leases.take_lease(request.execution, now, ctx.plan.budgets.lease)
    if lease is None:
        told = "Another incident took the lease first"
        late = Admission(admission="busy" if waits(request.signal, "") else "duplicate", sentence=told)
        return _refuse(request.execution, late, ctx)
    incident = Incident(
        id=request.execution,
        epoch=lease.epoch,
        region=ctx.region,
        lost_region=request.signal.region,
        opened_at=lease.taken_at,
        outage_start=request.signal.at,
        databases=[database.name for database in ctx.plan.databases],
        services=[service.name for service in ctx.plan.services],
        database=request.signal.database if request.signal.kind == "database" else "",
        lease_region=lease_at,
        breach=hint_of(request.signal).finding if is_breach else "",
    )
    ctx.store.incidents.open(incident, request.signal, ctx.plan.digest())
    if request.signal.kind == "region" and request.signal.database:
        keep_wish(ctx, incident.id, request.signal)
    ctx.record(incident.id, f"Incident opened by {request.signal.source}: {_what(request.signal)}")
    return {"admission": "open", **msgspec.to_builtins(incident)}


def _max_age(signal: Signal, ctx: StepContext) -> timedelta:
    """Maximum age of a signal. GuardDuty may report late, and an old breach is still a breach. Raises BadSignal."""
    if signal.kind != "breach":
        return ctx.plan.policy.signal_max_age
    hint_of(signal)
    return breach_of(ctx.plan).finding_max_age


def _lease_at(signal: Signal, record: SystemRecord, ctx: StepContext) -> str:
    """Evidence, notification and blocking go ahead while the standby is unreachable; rotation checks the lease."""
    where = lease_region(signal, ctx.region, record)
    if signal.kind != "breach" or where == ctx.region:
        return where
    try:
        ctx.peer.control.lease()
    except ServiceUnreachable:
        return ctx.region
    return where


def _what(signal: Signal) -> str:
    if signal.kind == "breach":
        return f"possible breach ({hint_of(signal).finding})"
    if signal.kind == "region":
        return f"{signal.region} may be lost"
    if signal.source in INSTANCE_ALARMS or signal.latest:
        return f"the instance of {signal.database} may be dead"
    return f"the data of {signal.database} may be wrong"


def _brakes(ctx: StepContext) -> AdmissionLimits:
    policy = ctx.plan.policy
    return AdmissionLimits(
        recovery=ctx.store.controls.recovery(), cooldown=policy.cooldown, maintenance=policy.maintenance
    )


def _refuse(execution: str, verdict: Admission, ctx: StepContext) -> Admission:
    # A signal that waits looks every few seconds; it says so once.
    if verdict.admission != "busy" or ctx.store.incidents.record_once(execution, "WAITS", "LEASE"):
        ctx.record(execution, verdict.sentence)
    return msgspec.structs.replace(verdict, wait_seconds=ctx.poll)
