"""May the traffic move, and has it arrived? Seen from outside: where the name leads, and who answers there."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.facts import FrontRecord, Probe
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Target
from lyo_dr.model.verdict import Progress, RecordChange

_SAID = {"latch": "The latch is thrown", "record": "The record is changed"}
_RESUBMIT_AFTER = 1 / 4
"""A change that takes longer than this part of the switch budget is submitted again."""


def traffic_progress(
    *,
    name: str,
    region: str,
    strategy: Literal["latch", "record"] = "latch",
    expected: list[str],
    resolved: list[str],
    answer: Probe | None,
    deadline: Deadline,
) -> Progress:
    """Ready when the name leads to this region's addresses and this region answers there."""
    if not resolved:
        reason = f"{name} does not resolve"
    elif not set(resolved) <= set(expected):
        reason = f"{name} still leads to {', '.join(resolved)}"
    elif answer is None or not answer.answered:
        reason = f"{name} leads here, but nothing answers"
    elif answer.region is not None and answer.region != region:
        reason = f"{name} is answered by {answer.region}"
    else:
        return Progress(status="ready", sentence=f"{name} leads to {region} ({', '.join(resolved)})")
    spent = deadline.elapsed
    if deadline.expired:
        return Progress(
            status="broken",
            sentence=f"After {spent.total_seconds():.0f} s {reason}; the runbook has a break-glass step for the record",
        )
    return Progress(status="pending", sentence=f"{_SAID[strategy]}; {reason}", wait_seconds=deadline.poll)


def record_objection(name: str, found: list[FrontRecord], *, previous: Target, wanted: Target) -> str | None:
    """Why the record must not be changed, or None: compare before setting.

    It may lead to the lost region (what we expect), to this one (an earlier run changed it), or be absent. Whatever
    else it says somebody else has written, and it is left to people.
    """
    if any(record.routed for record in found):
        return f"{name} has records with a routing policy; strategy record needs one simple record"
    ours = [_written(previous), _written(wanted)]
    for record in found:
        if record.leads_to not in ours:
            led, expected = ", ".join(record.leads_to) or "nowhere", ours[0][0]
            return f"{name} leads to {led}, not to {expected} as expected; somebody else has changed it"
    return None


def _written(target: Target) -> list[str]:
    return [(target.load_balancer or target.address or "").rstrip(".").lower().removeprefix("dualstack.")]


def change_progress(
    status: Literal["PENDING", "INSYNC"] | None,
    *,
    submitted_at: datetime,
    deadline: Deadline,
) -> RecordChange:
    """How a change of the record goes on. It never fails: whether users arrive is judged by asking as they do.

    ``None`` is a change Route 53 does not know. Submitting the same UPSERT once more changes nothing that is there.
    """
    if status == "INSYNC":
        return RecordChange(status="ready", sentence="All name servers of Route 53 have the changed record")
    spent = deadline.elapsed
    if deadline.expired:
        return RecordChange(
            status="overdue",
            sentence=f"Route 53 has not confirmed the change after {spent.total_seconds():.0f} s; asking as users do",
        )
    if status is None:
        return RecordChange(status="again", sentence="Route 53 does not know the change; it is submitted again")
    waited = deadline.now - submitted_at
    if waited >= deadline.budget * _RESUBMIT_AFTER:
        return RecordChange(
            status="again",
            sentence=f"The change has been pending for {waited.total_seconds():.0f} s; it is submitted again",
        )
    return RecordChange(status="pending", sentence="Route 53 is spreading the change", wait_seconds=deadline.poll)


def latch_value(record: SystemRecord, *, here: str, primary: str, secondary: str) -> bool:
    """Whether the latch this region holds takes the *peer's* record out of the answer.

    The secondary takes the PRIMARY record out for as long as it is active, also with a new standby behind
    it: nothing moves back by itself. The primary takes the SECONDARY record out only while there is no
    standby: after a failback both latches rest, and the next failover can throw the other one.
    """
    if record.active_region != here:
        return False
    return here == secondary or (here == primary and record.standby_region is None)
