"""Redeployment: whether all tasks have been replaced by ones that read the changed secret."""

from __future__ import annotations

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.verdict import Progress

BROKEN = "the rollout failed"


def unsettled(state: ServiceState) -> str:
    """Why a rollout is not complete."""
    why = f" (stopped: {'; '.join(sorted(set(state.stop_reasons)))})" if state.stop_reasons else ""
    if state.rollout == "FAILED":
        return f"{BROKEN}{why}"
    return f"{state.running} of {state.desired} tasks running, not all of them new{why}"


def redeployed(
    reasons: dict[str, str],
    *,
    services: list[str],
    deadline: Deadline,
) -> Progress:
    """Ready when no service has a reason left; ``reasons`` by service."""
    if not reasons:
        return Progress(status="ready", sentence=f"All tasks replaced and ready: {', '.join(services)}")
    said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    if any(reason.startswith(BROKEN) for reason in reasons.values()):
        return Progress(status="broken", sentence=f"New tasks do not start: {said}")
    if not deadline.expired:
        return Progress(status="pending", sentence=f"Replacing tasks: {said}", wait_seconds=deadline.poll)
    return Progress(status="broken", sentence=f"After {humanize(deadline.elapsed)}: {said}")
