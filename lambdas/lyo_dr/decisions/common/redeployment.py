"""Redeployment: whether all tasks have been replaced by ones that read the changed secret."""

from __future__ import annotations

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import ROLLING, ServiceState
from lyo_dr.model.verdict import Progress

_OTHERS = {
    "CODE_DEPLOY": "create a deployment in AWS CodeDeploy",
    "EXTERNAL": "create a task set with your own deployment tool",
}
BROKEN = "the rollout failed"


def not_replaceable(controllers: dict[str, str]) -> str | None:
    """Why tasks cannot be replaced on request, and what to do instead; None where they can.

    ``controllers`` by service. Under ``CODE_DEPLOY`` and ``EXTERNAL`` ECS refuses a new deployment, so its tasks would
    go on with what they have read at their start; the number of tasks can be changed under all of them.
    """
    others = {name: kind for name, kind in controllers.items() if kind != ROLLING}
    if not others:
        return None
    said = "; ".join(
        f"Amazon ECS does not replace the tasks of service {name}, its deployment controller is {kind}: "
        f"{_OTHERS.get(kind, 'replace them with your own tool')}"
        for name, kind in others.items()
    )
    return f"{said}; or give it the deployment controller ECS"


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
