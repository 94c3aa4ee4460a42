"""Resumption: whether a failed incident may be taken up again, under the id it has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lyo_dr.decisions.incident.admission import takes_over
from lyo_dr.decisions.incident.incident_class import IncidentClass, class_of
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.verdict import Admission

LONGEST_NAME = 80
"""The longest name of an execution (Step Functions API reference, StartExecution)."""

_INSTEAD: dict[IncidentClass, str] = {
    "restore": "a restore that failed was rolled back; start a new one: `lyo-dr start --database {database}`",
    "breach": "its containment and its evidence stay; report it again: `lyo-dr breach report`",
    "rotation": "the next rotation finishes it: `lyo-dr rotate`",
}
"""What to do where an incident cannot be taken up again, by what it was about."""


def execution_of_run(incident: str, run: int) -> str:
    """Name of the execution that takes an incident up for the ``run``-th time (2 is the first); deterministic."""
    suffix = f"-{run}"
    return incident[: LONGEST_NAME - len(suffix)] + suffix


def may_resume(
    incident: str,
    head: dict[str, Any] | None,
    *,
    execution: str,
    here: str,
    record: SystemRecord,
    lease: Lease | None,
    now: datetime,
    seen_lost: bool = False,
) -> Admission:
    """Open, or the reason why not. Freshness does not apply: the facts are read again, and the gate decides again."""
    fault = (
        _by_class(incident, head, here)
        or _by_state(incident, head or {}, execution, lease, now)
        or _by_record(head or {}, here, record)
    )
    if fault is not None:
        return Admission(admission="not_resumable", sentence=fault)
    if _busy(incident, lease, now, seen_lost) and lease is not None:
        return Admission(
            admission="not_resumable",
            sentence=f"{lease.holder} has been in progress for {humanize(now - lease.taken_at)}; "
            f"{incident} can be taken up again when that has ended",
        )
    return Admission(admission="open", sentence=f"{incident} is taken up again")


def _by_class(incident: str, head: dict[str, Any] | None, here: str) -> str | None:
    found = class_of(incident, head)
    if found == "failover":
        return None
    if found == "unknown":
        return f"There is no incident {incident} in {here}"
    instead = _INSTEAD[found].format(database=(head or {}).get("database") or "NAME")
    return f"{incident} is a {found} and is not taken up again: {instead}"


def _by_state(incident: str, head: dict[str, Any], execution: str, lease: Lease | None, now: datetime) -> str | None:
    """A failed incident; also one whose execution died, which is known by its lease: who works renews it."""
    state, by = head.get("state"), head.get("execution") or incident
    if state == "failed" or (state == "open" and by == execution):
        return None
    if state != "open":
        return f"{incident} has ended ({head.get('ending')}); only a failed incident is taken up again"
    if lease is not None and lease.holder == incident and lease.expires_at > now:
        return f"{incident} is still in progress, in execution {by}; follow it: `lyo-dr timeline {incident} --follow`"
    return None


def _by_record(head: dict[str, Any], here: str, record: SystemRecord) -> str | None:
    """What was decided then must not meet a system that somebody else has changed since."""
    if head.get("authority") == "taken":
        ours = record.active_region == here and record.standby_region is None
    else:
        ours = record.active_region == head.get("lost_region") and record.standby_region in (here, None)
    if ours:
        return None
    return (
        f"The system was changed since: {record.active_region} is active at epoch {record.epoch}; "
        f"start a new incident: `lyo-dr start --lost`"
    )


def _busy(incident: str, lease: Lease | None, now: datetime, seen_lost: bool) -> bool:
    if lease is None or lease.expires_at <= now or lease.holder == incident:
        return False
    return not takes_over("region_loss", lease, seen_lost)
