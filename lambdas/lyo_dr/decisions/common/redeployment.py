"""Redeployment: whether all tasks have been replaced by ones that read the changed secret."""

from __future__ import annotations

from datetime import datetime, timedelta

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
    started_at: datetime,
    budget: timedelta,
    now: datetime,
    poll: int,
) -> Progress:
    """Ready when no service has a reason left; ``reasons`` by service."""
    if not reasons:
        return Progress(status="ready", sentence=f"All tasks replaced and ready: {', '.join(services)}")
    said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    if any(reason.startswith(BROKEN) for reason in reasons.values()):
        return Progress(status="broken", sentence=f"New tasks do not start: {said}")
    if now - started_at < budget:
        return Progress(status="pending", sentence=f"Replacing tasks: {said}", wait_seconds=poll)
    return Progress(status="broken", sentence=f"After {(now - started_at).total_seconds():.0f} s: {said}")
