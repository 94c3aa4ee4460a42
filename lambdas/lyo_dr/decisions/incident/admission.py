"""Admission: whether a signal opens an incident here. The first check of every signal, from alarms and people alike."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.decisions.common.cooldown import cooling
from lyo_dr.decisions.common.lease import gives_way
from lyo_dr.decisions.common.precedence import COSTLY, NAMES
from lyo_dr.decisions.incident.signals import INSTANCE_ALARMS, from_the_future
from lyo_dr.model.consent import Recovery
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Lease, Signal, SystemRecord, WorkKind
from lyo_dr.model.plan import Maintenance
from lyo_dr.model.verdict import Admission


class AdmissionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits for alarms: cooldown and maintenance. A person's start is not limited; the gate asks for approval."""

    recovery: Recovery | None = None
    cooldown: timedelta = timedelta(0)
    maintenance: list[Maintenance] = []


def admit(
    signal: Signal,
    *,
    here: str,
    pair: tuple[str, str],
    incident_id: str,
    record: SystemRecord,
    lease: Lease | None,
    now: datetime,
    max_age: timedelta,
    brakes: AdmissionLimits | None = None,
    seen_lost: bool = False,
) -> Admission:
    """Open, or the reason why not. The loss of a region is handled by its standby only.

    ``seen_lost``: the observers have agreed long enough that the region is lost (see :func:`takes_over`).
    """
    if signal.region not in pair:
        return _no(
            "not_ours", f"{signal.region} is not one of {' and '.join(pair)}; this deployment does not protect it"
        )
    if now - signal.at > max_age:
        return _no("out_of_date", f"The signal is {humanize(now - signal.at)} old, older than {humanize(max_age)}")
    if (ahead := from_the_future(signal, now)) is not None:
        return _no("out_of_date", ahead)
    by_role = _ROLE[signal.kind](signal, here, record)
    return (
        by_role
        or _by_brakes(signal, brakes or AdmissionLimits(), now)
        or _by_lease(signal, lease, incident_id, now, seen_lost)
        or Admission(admission="open", sentence="The signal opens an incident")
    )


def _by_role(signal: Signal, here: str, record: SystemRecord) -> Admission | None:
    """Without a standby on record only a person may start a failover; the gate then checks the facts itself."""
    if signal.region != record.active_region:
        return _no("not_ours", f"{signal.region} is not the active region ({record.active_region} is)")
    if here == record.standby_region:
        return None
    by_a_person = record.standby_region is None and signal.source == "operator" and here != record.active_region
    return None if by_a_person else _no("not_ours", f"{here} is not the standby ({_standby(record)})")


def _damaged(signal: Signal, here: str, record: SystemRecord) -> Admission | None:
    """A database is restored in the active region, where it is written. None if admitted."""
    if not signal.database:
        return _no("not_ours", "The signal does not name a database")
    if {here, signal.region} != {record.active_region}:
        return _no("not_ours", f"A database is restored in the active region, {record.active_region}")
    return None


def _breached(_signal: Signal, here: str, record: SystemRecord) -> Admission | None:
    """A breach is handled in the active region, wherever it was detected: that region holds the data."""
    if here == record.active_region:
        return None
    return _no("not_ours", f"A breach is handled in the active region, {record.active_region}")


_ROLE = {"region": _by_role, "database": _damaged, "breach": _breached}
_WORK: dict[str, WorkKind] = {"region": "region_loss", "database": "restore"}


def work_of(signal: Signal) -> WorkKind | None:
    """The kind of work a signal asks the lease for. None: containment of a breach takes no lease and never waits."""
    return _WORK.get(signal.kind)


def lease_region(signal: Signal, here: str, record: SystemRecord) -> str:
    """Region whose table holds the lease: the standby's while there is one, else that of the active region."""
    return here if signal.kind == "region" else record.standby_region or here


def _by_brakes(signal: Signal, brakes: AdmissionLimits, now: datetime) -> Admission | None:
    if signal.source == "operator" or signal.kind == "breach":
        return None
    for window in brakes.maintenance:
        if window.begins <= now < window.ends:
            why = f"Maintenance until {window.ends:%Y-%m-%d %H:%M} UTC ({window.why}): alarms do not start incidents"
            return _no("maintenance", why)
    blocker = cooling(brakes.recovery, now=now, cooldown=brakes.cooldown)
    return None if blocker is None else _no("cooldown", f"Blocked: {blocker}; `lyo-dr acknowledge` ends it")


def waits(signal: Signal, lease: Lease) -> bool:
    """Whether a signal that arrives during another incident is queued instead of dropped.

    A failed database makes its region look down from outside, so an incident of the region often comes first, finds
    the region up, and ends; the alarm of the database would not fire again. The signal waits until it is out of date.
    A second alarm of the same database is a duplicate.

    Conversely, a region may be lost while one of its databases is being restored there. Until the observers say so
    the signal waits; a dropped one would never come again.
    """
    if signal.kind == "region":
        return gives_way(lease, "region_loss")
    return signal.source in INSTANCE_ALARMS and f"-{signal.database}-" not in lease.holder


def takes_over(kind: WorkKind, lease: Lease, seen_lost: bool) -> bool:
    """Whether work of this kind takes the lease from its holder, by the order of precedence.

    From work that has stopped services it does so on observations only: a restore silences the application itself,
    and an alarm that says so must not end the restore.
    """
    return gives_way(lease, kind) and (lease.kind not in COSTLY or seen_lost)


def _by_lease(
    signal: Signal, lease: Lease | None, incident_id: str, now: datetime, seen_lost: bool
) -> Admission | None:
    kind = work_of(signal)
    if kind is None or lease is None or lease.expires_at <= now or lease.holder == incident_id:
        return None
    if takes_over(kind, lease, seen_lost):
        return None
    since = f"since {lease.taken_at:%H:%M:%S} UTC ({humanize(now - lease.taken_at)}) by {lease.holder}"
    look = f"see `lyo-dr timeline {lease.holder} --follow`"
    if gives_way(lease, kind):
        until = f"this signal waits until {signal.region} is seen to be lost, or {NAMES[lease.kind]} has ended"
        return _no("busy", f"Another incident is in progress {since}; {until}; {look}")
    if waits(signal, lease):
        return _no("busy", f"Another incident is in progress {since}; this signal waits for it to end; {look}")
    recorded = "this signal is recorded only"
    return _no("duplicate", f"Another incident is in progress {since}; {recorded}; {look}")


def _no(admission: str, sentence: str) -> Admission:
    return Admission(admission=admission, sentence=sentence)  # type: ignore[arg-type]


def _standby(record: SystemRecord) -> str:
    return f"{record.standby_region} is" if record.standby_region else "there is none"


def opened_by(signal: Signal) -> str:
    """The source of a signal; of a person's report also who reported, and why."""
    who = f"{signal.source}, {signal.by}" if signal.by else signal.source
    return f"{who} ({signal.why})" if signal.why else who
