"""Does a signal open an incident here? Asked first, of every alarm and every person alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.incident import Lease, Signal, SystemRecord
from lyo_dr.model.verdict import Admission


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
) -> Admission:
    """Open, or the sentence that says why not. A region that was lost is handled by its standby only."""
    if signal.region not in pair:
        return _no("not_ours", f"{signal.region} is not one of {' and '.join(pair)}; nothing here protects it")
    if now - signal.at > max_age:
        return _no("out_of_date", f"The signal is {_age(now - signal.at)} old, older than {_age(max_age)}")
    if signal.kind == "database":
        return _damaged(signal, here, record) or _by_lease(lease, incident_id, now)
    if signal.region != record.active_region:
        return _no("not_ours", f"{signal.region} is not the active region ({record.active_region} is)")
    if here != record.standby_region:
        return _no("not_ours", f"{here} is not the standby ({_standby(record)})")
    return _by_lease(lease, incident_id, now)


def _damaged(signal: Signal, here: str, record: SystemRecord) -> Admission | None:
    """Data is mended where it is written: in the active region. None where nothing speaks against it."""
    if not signal.database:
        return _no("not_ours", "The signal names no database")
    if {here, signal.region} != {record.active_region}:
        return _no("not_ours", f"A database is restored in the active region, {record.active_region}")
    return None


def lease_region(signal: Signal, here: str, record: SystemRecord) -> str:
    """Where the lease lies: in the standby's table while there is a standby, else in that of the active region."""
    return record.standby_region or here if signal.kind == "database" else here


def _by_lease(lease: Lease | None, incident_id: str, now: datetime) -> Admission:
    if lease is None or lease.expires_at <= now or lease.holder == incident_id:
        return Admission(admission="open", sentence="The signal opens an incident")
    held = f"since {lease.taken_at:%H:%M:%S} UTC by {lease.holder}"
    return _no("duplicate", f"An incident is being worked on {held}; this signal is recorded and starts nothing")


def _no(admission: str, sentence: str) -> Admission:
    return Admission(admission=admission, sentence=sentence)  # type: ignore[arg-type]


def _standby(record: SystemRecord) -> str:
    return f"{record.standby_region} is" if record.standby_region else "there is none"


def _age(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} min"
