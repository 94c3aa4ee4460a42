"""Does a signal open an incident here? Asked first, of every alarm and every person alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.decisions.lease import gives_way
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
    if signal.region != record.active_region:
        return _no("not_ours", f"{signal.region} is not the active region ({record.active_region} is)")
    if here != record.standby_region:
        return _no("not_ours", f"{here} is not the standby ({_standby(record)})")
    return _by_lease(lease, incident_id, now)


def _by_lease(lease: Lease | None, incident_id: str, now: datetime) -> Admission:
    if lease is None or lease.expires_at <= now or lease.holder == incident_id or gives_way(lease, incident_id):
        return Admission(admission="open", sentence="The signal opens an incident")
    held = f"since {lease.taken_at:%H:%M:%S} UTC by {lease.holder}"
    return _no("duplicate", f"An incident is being worked on {held}; this signal is recorded and starts nothing")


def _no(admission: str, sentence: str) -> Admission:
    return Admission(admission=admission, sentence=sentence)  # type: ignore[arg-type]


def _standby(record: SystemRecord) -> str:
    return f"{record.standby_region} is" if record.standby_region else "there is none"


def _age(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} min"
