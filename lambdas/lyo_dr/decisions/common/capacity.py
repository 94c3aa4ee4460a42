"""Capacity of one ECS service: what to set, and when it is reached."""

from __future__ import annotations

from typing import Literal

import msgspec

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.plan import Service
from lyo_dr.model.plurals import counted
from lyo_dr.model.verdict import Progress


class Raise(msgspec.Struct, frozen=True, kw_only=True):
    """Values to set; None leaves a value unchanged."""

    minimum: int | None
    maximum: int | None
    desired: int | None
    sentence: str
    status: Literal["raised", "waits", "left"] = "raised"
    """``waits`` for its turn; ``left``: nothing waits until it is stable, or it is not raised yet."""
    wait_seconds: int = 1


def unchanged(status: Literal["waits", "left"], sentence: str, *, wait_seconds: int = 1) -> Raise:
    """Nothing is set now."""
    return Raise(minimum=None, maximum=None, desired=None, sentence=sentence, status=status, wait_seconds=wait_seconds)


def raise_to(service: Service, state: ServiceState) -> Raise:
    """Desired count, and autoscaling limits that do not undo it; never below the current count."""
    wanted = max(service.desired, state.desired)
    minimum = maximum = None
    if state.minimum_capacity is not None and state.maximum_capacity is not None:
        maximum = max(state.maximum_capacity, wanted)
        minimum = max(state.minimum_capacity, service.desired)
        if (minimum, maximum) == (state.minimum_capacity, state.maximum_capacity):
            minimum = maximum = None
    desired = wanted if state.desired < wanted else None
    if minimum is None and desired is None:
        sentence = f"Service {service.name} already has {counted(state.desired, 'desired task')}"
    else:
        sentence = f"Service {service.name} is scaled up from {state.desired} to {counted(wanted, 'task')}"
    status: Literal["raised", "left"] = "raised" if service.critical else "left"
    return Raise(minimum=minimum, maximum=maximum, desired=desired, sentence=sentence, status=status)


def capacity_progress(
    service: Service,
    state: ServiceState,
    deadline: Deadline,
) -> Progress:
    """Stable when all asked for run. When time is up, at least the plan's minimum has to."""
    spent = deadline.elapsed
    running = f"{state.running} of {state.desired} tasks of {service.name} run"
    if state.rollout == "FAILED":
        return Progress(status="broken", sentence=f"The rollout failed: {running}{_why(state)}")
    if state.desired < service.minimum:
        return Progress(
            status="broken",
            sentence=f"Service {service.name} was scaled down to {state.desired} by someone else",
        )
    if state.running >= state.desired and state.pending == 0:
        return Progress(status="ready", sentence=f"{running[0].upper()}{running[1:]}")
    if not deadline.expired:
        return Progress(status="pending", sentence=f"{running}; waiting{_why(state)}", wait_seconds=deadline.poll)
    if state.running >= service.minimum:
        return Progress(
            status="ready",
            sentence=f"{running}, enough for the plan's minimum of {service.minimum}{_why(state)}",
        )
    return Progress(
        status="broken",
        sentence=f"After {humanize(spent)} {running}, minimum is {service.minimum}{_why(state)}",
    )


def _why(state: ServiceState) -> str:
    return f" (stopped: {'; '.join(sorted(set(state.stop_reasons)))})" if state.stop_reasons else ""
