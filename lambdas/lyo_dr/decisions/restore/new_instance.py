"""Progress of a restore to a new instance: wait, adopt or refuse it, and evaluate its data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.model.deadline import RESTORE_SHARE, Deadline, patience
from lyo_dr.model.durations import humanize
from lyo_dr.model.plurals import counted
from lyo_dr.model.restore import Judgement, NewInstance, Target, Window


def may_restore(
    target: Target,
    window: Window,
    name: str,
    deadline: Deadline,
) -> NewInstance | None:
    """None: start the restore now. Otherwise wait for the WAL archive, which RDS writes every five minutes."""
    reached = window.latest is not None and target.at is not None and target.at <= window.latest
    if target.kind != "moment" or reached:
        return None
    sentence = f"The archived log does not reach {target} yet ({window.latest or 'it is empty'})"
    return NewInstance(
        status="broken" if deadline.expired else "pending",
        sentence=sentence,
        identifier=name,
        wait_seconds=deadline.poll,
    )


def refused_for_now(refusal: str, name: str, deadline: Deadline) -> NewInstance:
    """RDS refused: the source is busy, or an earlier call whose response was lost has created the instance."""
    sentence = f"RDS refused for now: {refusal}"
    return NewInstance(
        status="broken" if deadline.expired else "pending",
        sentence=sentence,
        identifier=name,
        wait_seconds=deadline.poll,
    )


def beside_progress(
    found: dict[str, Any],
    *,
    ours: bool,
    target: Target,
    deadline: Deadline,
) -> NewInstance:
    """Ready when available; an instance of this name without a tag of this incident is not touched."""
    name, status = found["DBInstanceIdentifier"], found["DBInstanceStatus"]
    if not ours:
        return NewInstance(
            status="broken", sentence=f"{name} exists and was not made by this incident", identifier=name
        )
    kind = instance_status(status)
    if kind == "ready":
        endpoint = found["Endpoint"]
        return NewInstance(
            status="ready",
            sentence=f"{name} is restored to {target}",
            identifier=name,
            host=endpoint["Address"],
            port=int(endpoint["Port"]),
            available_at=deadline.now,
        )
    if kind == "broken" or deadline.expired:
        return NewInstance(status="broken", sentence=f"{name} is {status} and unusable", identifier=name)
    wait = patience(deadline.elapsed, timedelta(seconds=deadline.poll), RESTORE_SHARE)
    return NewInstance(status="pending", sentence=f"{name} is {status}", identifier=name, wait_seconds=wait)


def judge_restored(faults: list[str], *, name: str, tried: int, most: int, after: Target | None) -> Judgement:
    """Continue with good data; otherwise try another recovery point, within the plan's limit."""
    if not faults:
        return Judgement(status="good", sentence=f"{name} passes every integrity query")
    wrong = f"{name} is damaged as well: {'; '.join(faults)}"
    if tried >= most:
        return Judgement(status="broken", sentence=f"{wrong}; the limit of {counted(tried, 'restore')} is reached")
    if after is None:
        return Judgement(status="broken", sentence=f"{wrong}; no earlier recovery point or snapshot is left")
    return Judgement(status="again", sentence=f"{wrong}; next: {after}", target=after)


def judge_silent(silent: list[str], *, name: str, deadline: Deadline, target: Target, again: bool) -> Judgement:
    """No answer is no verdict: ask the same instance again, then restore ``target``, the same recovery point, again.

    Its volume is loaded from the backup while it is read, so each round finds more of it (lazy loading). ``again`` is
    whether another attempt may be made. Never an earlier recovery point: that would give up work nobody found wrong.
    """
    unanswered = ", ".join(silent)
    if not deadline.expired:
        sentence = f"{name} has not answered everything yet: {unanswered}; asking it again"
        return Judgement(status="pending", sentence=sentence, wait_seconds=deadline.poll)
    sentence = f"{name} did not answer within {humanize(deadline.budget)}, so its data is not judged: {unanswered}"
    if again:
        return Judgement(status="again", sentence=f"{sentence}; next: {target}, once more", target=target)
    return Judgement(
        status="broken", sentence=f"{sentence}; start the restore again, with a longer budgets.first_reading"
    )
