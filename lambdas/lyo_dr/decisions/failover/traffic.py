"""Traffic switch: may the record change, and has traffic arrived? Checked from outside: what resolves, who answers."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Literal

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import FrontRecord, Probe, RecordKind
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Target
from lyo_dr.model.verdict import Progress, RecordChange

_SAID = {"latch": "Latch set", "record": "Record changed"}
_HINTING: tuple[RecordKind, ...] = ("HTTPS", "SVCB")
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
    aliased: bool | None = None,
) -> Progress:
    """Ready when the name resolves to this region's addresses and this region answers there.

    ``aliased``: whether a CNAME of the name is this region's. That is asked instead of comparing addresses, which the
    host of a CDN changes from one question to the next; None where the plan has no CNAME.
    """
    if not resolved:
        reason = f"{name} does not resolve"
    elif aliased is False or (aliased is None and not set(resolved) <= set(expected)):
        reason = f"{name} still resolves to {', '.join(resolved)}"
    elif answer is None or not answer.answered:
        reason = f"{name} resolves to this region, but nothing answers"
    elif answer.region is not None and answer.region != region:
        reason = f"{name} is answered by {answer.region}"
    else:
        return Progress(status="ready", sentence=f"{name} resolves to {region} ({', '.join(resolved)})")
    spent = deadline.elapsed
    if deadline.expired:
        return Progress(
            status="broken",
            sentence=f"After {humanize(spent)} {reason}; see the runbook for the break-glass step",
        )
    return Progress(status="pending", sentence=f"{_SAID[strategy]}; {reason}", wait_seconds=deadline.poll)


def record_objection(name: str, found: list[FrontRecord], *, previous: Target, wanted: Target) -> str | None:
    """Why the records must not be changed, or None (compare and set).

    Each may point to the lost region (as expected), to this one (an earlier run changed it), or be absent. Any other
    value was written by someone else and is left to people: a name of which one record moves and another stays leads
    users to the lost region, depending on the protocol they come with.
    """
    if any(record.routed for record in found):
        return f"{name} has records with a routing policy; strategy record needs simple records"
    return next((why for record in found if (why := _objection(name, record, previous, wanted))), None)


def kinds_to_change(found: list[FrontRecord], wanted: Target) -> list[RecordKind]:
    """Types of the records that are changed: all that are there; where there are none, the one the target takes."""
    present = [record.kind for record in found if record.kind not in _HINTING]
    return list(dict.fromkeys(present)) or [default_kind(wanted)]


def default_kind(target: Target) -> RecordKind:
    """The type of record that leads to a target: A, AAAA where that is an IPv6 address, CNAME for a host name."""
    if target.cname is not None:
        return "CNAME"
    return "AAAA" if target.address is not None and ":" in target.address else "A"


def _objection(name: str, record: FrontRecord, previous: Target, wanted: Target) -> str | None:
    if record.kind in _HINTING:
        if all(_follows_the_name(value) for value in record.leads_to):
            return None
        return (
            f"{name} has a record of type {record.kind} with an address or a target of its own, which clients may "
            "follow instead; change it by hand, or remove it"
        )
    expected, ours = _written(previous, record.kind), _written(wanted, record.kind)
    if ours is None:
        return (
            f"{name} has a record of type {record.kind}, and the plan names nothing in this region it could lead to; "
            "change it by hand, or remove it"
        )
    if [_canonical(value) for value in record.leads_to] in ([expected], [ours]):
        return None
    led = ", ".join(record.leads_to) or "nowhere"
    what = "" if record.kind == "A" else f" by its {record.kind} record"
    return f"{name} points to {led}{what}, not to {expected or ours} as expected; it was changed by someone else"


def _written(target: Target, kind: RecordKind) -> str | None:
    """How Route 53 would show a record of this type that leads to a target; None where none of this type can."""
    if target.load_balancer is not None:
        return target.load_balancer.rstrip(".").lower().removeprefix("dualstack.")
    if target.cname is not None:
        return target.cname.rstrip(".").lower().removeprefix("dualstack.") if kind == "CNAME" else None
    return _canonical(target.address) if target.address is not None and kind == default_kind(target) else None


def _canonical(value: str) -> str:
    """An IPv6 address has many spellings; any other value stays as it is."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        return value


def _follows_the_name(value: str) -> bool:
    """``1 . alpn=h2``: the name itself and no address, so that clients look for the other records (RFC 9460)."""
    priority, target, *parameters = [*value.split(), "", ""]
    return priority != "0" and target == "." and not any("hint" in each for each in parameters)


def change_progress(
    status: Literal["PENDING", "INSYNC"] | None,
    *,
    submitted_at: datetime,
    deadline: Deadline,
) -> RecordChange:
    """Progress of a record change. It never fails: whether users arrive is checked by resolving the name as they do.

    ``None`` is a change Route 53 does not know. Submitting the same UPSERT again is idempotent.
    """
    if status == "INSYNC":
        return RecordChange(status="ready", sentence="The change is in sync on all Route 53 name servers")
    spent = deadline.elapsed
    if deadline.expired:
        return RecordChange(
            status="overdue",
            sentence=f"Route 53 has not confirmed the change after {humanize(spent)}; checking as users do",
        )
    if status is None:
        return RecordChange(status="again", sentence="Route 53 does not know the change; submitting it again")
    waited = deadline.now - submitted_at
    if waited >= deadline.budget * _RESUBMIT_AFTER:
        return RecordChange(
            status="again",
            sentence=f"The change has been pending for {humanize(waited)}; submitting it again",
        )
    return RecordChange(status="pending", sentence="Route 53 is propagating the change", wait_seconds=deadline.poll)


def latch_value(record: SystemRecord, *, here: str, primary: str, secondary: str) -> bool:
    """Whether the latch of this region is set, so that the *peer's* record is no longer served.

    The secondary keeps the PRIMARY record out for as long as it is active, even with a new standby: there is no
    automatic failback. The primary keeps the SECONDARY record out only while there is no standby: after a failback
    neither latch is set, and the next failover can set the other one.
    """
    if record.active_region != here:
        return False
    return here == secondary or (here == primary and record.standby_region is None)
