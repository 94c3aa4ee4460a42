"""Several DNS names: whether traffic of all has moved, and which of them an incident does not wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from lyo_dr.decisions.failover.traffic import change_progress
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan
from lyo_dr.model.verdict import Progress, RecordChange, SubmittedChange, SubmittedChanges

NOT_SUBMITTED = ""
"""The id of a change that Route 53 has not taken yet."""


class NameProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far one name is. ``critical``: the incident waits for it."""

    name: str
    critical: bool
    progress: Progress


def switch_strategy(plan: Plan) -> Literal["latch", "record", "both"]:
    """How traffic moves: by the latch, by records, or some names each way."""
    found = {front.strategy for front in plan.fronts()}
    return "both" if len(found) > 1 else found.pop()


def by_latch(plan: Plan) -> bool:
    """Whether any name moves with the latch."""
    return switch_strategy(plan) != "record"


def names_progress(found: list[NameProgress], deadline: Deadline) -> Progress:
    """Ready when every name has arrived that the incident waits for; the sentence tells of each.

    The names share one budget. One that is not critical is waited for by nobody: it is reported as it is.
    """
    if len(found) == 1:
        return found[0].progress
    waiting = [each for each in found if each.progress.status != "ready"]
    arrived = [each.progress.sentence for each in found if each.progress.status == "ready"]
    missing = [each.progress.sentence for each in waiting if each.critical]
    others = [f"not waited for: {each.progress.sentence}" for each in waiting if not each.critical]
    if not missing:
        return Progress(status="ready", sentence="; ".join([*arrived, *others]))
    sentence = "; ".join([*missing, *arrived, *others])
    if deadline.expired:
        return Progress(status="broken", sentence=sentence)
    return Progress(status="pending", sentence=sentence, wait_seconds=deadline.poll)


def waited_for(submitted: SubmittedChanges, plan: Plan) -> list[SubmittedChange]:
    """The changes that the incident waits for: of critical names, or of all where the plan has no critical name."""
    if any(plan.is_critical(front) for front in plan.fronts()):
        return [each for each in submitted.changes if each.critical]
    return submitted.changes


def changes_progress(
    submitted: SubmittedChanges,
    statuses: Mapping[str, Literal["PENDING", "INSYNC"] | None],
    deadline: Deadline,
    waited: list[SubmittedChange],
) -> RecordChange:
    """Progress of the changes of several names. What one of them needs, all wait for: an UPSERT may be repeated.

    Only those ``waited`` for count: the others are told by the look at the names themselves.
    """
    if not waited:
        return RecordChange(status="ready", sentence="No record is waited for")
    found = {
        each.name: change_progress(statuses[each.name], submitted_at=submitted.submitted_at, deadline=deadline)
        for each in waited
    }
    if len(waited) == 1:
        return next(iter(found.values()))
    for status in ("again", "overdue", "pending"):
        slow = [name for name, progress in found.items() if progress.status == status]
        if slow:
            first = found[slow[0]]
            return RecordChange(
                status=first.status, sentence=f"{', '.join(slow)}: {first.sentence}", wait_seconds=first.wait_seconds
            )
    spent = humanize(deadline.elapsed)
    return RecordChange(
        status="ready", sentence=f"{', '.join(found)}: in sync on all Route 53 name servers after {spent}"
    )
