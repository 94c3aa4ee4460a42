"""How a restore goes on: what is waited for, what is adopted, what is refused, and whether the data is good."""

from __future__ import annotations

from typing import Any

from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.restore import Judgement, NewInstance, Target, Window


def may_restore(
    target: Target,
    window: Window,
    name: str,
    deadline: Deadline,
) -> NewInstance | None:
    """None: call it now. Otherwise what is waited for: RDS archives the log every five minutes."""
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
    """RDS did not begin: its source is busy, or the instance is there already since a call that was not heard of."""
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
    """Ready when it is available; an instance of this name that carries no tag of this incident is left alone."""
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
        )
    if kind == "broken" or deadline.expired:
        return NewInstance(status="broken", sentence=f"{name} is {status} and no use", identifier=name)
    return NewInstance(status="pending", sentence=f"{name} is {status}", identifier=name, wait_seconds=deadline.poll)


def judge_restored(faults: list[str], *, name: str, tried: int, most: int, after: Target | None) -> Judgement:
    """Good data goes on; wrong data means another moment, as long as the plan allows and there is one."""
    if not faults:
        return Judgement(status="good", sentence=f"{name} answers every integrity question as it should")
    wrong = f"{name} is wrong as well: {'; '.join(faults)}"
    if tried >= most:
        return Judgement(status="broken", sentence=f"{wrong}; {tried} restores were allowed")
    if after is None:
        return Judgement(status="broken", sentence=f"{wrong}; there is no earlier moment and no older snapshot")
    return Judgement(status="again", sentence=f"{wrong}; next: {after}", target=after)
