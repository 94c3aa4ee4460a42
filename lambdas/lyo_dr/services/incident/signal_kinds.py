"""Kinds of signals: how old one may be, where its lease lies, and what its incident is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.response import breach_of, hint_of
from lyo_dr.decisions.incident.admission import lease_region
from lyo_dr.decisions.incident.signals import INSTANCE_ALARMS
from lyo_dr.model.incident import Signal, SystemRecord
from lyo_dr.model.plan import Plan


class KindAdmission(msgspec.Struct, frozen=True, kw_only=True):
    """What one kind of signal asks for: its maximum age, the region of its lease, and what its incident is about."""

    max_age: Callable[[Plan, Signal], timedelta]
    lease_region: Callable[[StepContext, Signal, SystemRecord], str]
    what: Callable[[Signal], str]
    database: Callable[[Signal], str]
    finding: Callable[[Signal], str]


def _alarm_age(plan: Plan, _signal: Signal) -> timedelta:
    return plan.policy.signal_max_age


def _finding_age(plan: Plan, signal: Signal) -> timedelta:
    """GuardDuty may report late, and an old breach is still a breach. Raises BadSignal."""
    hint_of(signal)
    return breach_of(plan).finding_max_age


def _lease_by_record(ctx: StepContext, signal: Signal, record: SystemRecord) -> str:
    return lease_region(signal, ctx.region, record)


def _no_lease(ctx: StepContext, _signal: Signal, _record: SystemRecord) -> str:
    """A breach is contained whoever works and whether or not the standby answers; its rotation asks for the lease."""
    return ctx.region


def _region_lost(signal: Signal) -> str:
    return f"{signal.region} may be lost"


def _database_damaged(signal: Signal) -> str:
    if signal.source in INSTANCE_ALARMS or signal.latest:
        return f"the instance of {signal.database} may be dead"
    return f"the data of {signal.database} may be wrong"


def _breach_suspected(signal: Signal) -> str:
    return f"possible breach ({hint_of(signal).finding})"


def _named_database(signal: Signal) -> str:
    return signal.database


def _reported_finding(signal: Signal) -> str:
    return hint_of(signal).finding


def _none(_signal: Signal) -> str:
    return ""


ADMISSION = {
    "region": KindAdmission(
        max_age=_alarm_age,
        lease_region=_lease_by_record,
        what=_region_lost,
        database=_none,
        finding=_none,
    ),
    "database": KindAdmission(
        max_age=_alarm_age,
        lease_region=_lease_by_record,
        what=_database_damaged,
        database=_named_database,
        finding=_none,
    ),
    "breach": KindAdmission(
        max_age=_finding_age,
        lease_region=_no_lease,
        what=_breach_suspected,
        database=_none,
        finding=_reported_finding,
    ),
}
"""By the kind of the signal. A wrong kind does not get here: the request is checked when it is parsed."""
