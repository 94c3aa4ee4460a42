"""How stakeholders hear that an incident is over, whatever its ending; and which runbook a failure leads to."""

from __future__ import annotations

from lyo_dr.model.plan import Plan

RESTORED, RESTORED_TEXT = "Service restored", "Service has been fully restored."
DISRUPTION_OVER = "Service disruption is over"
DISRUPTION_OVER_TEXT = "There was a service disruption, and it is over."

_ENDED = {
    "held": (
        "Service disruption: recovery on hold",
        "The automatic recovery has stopped before it changed anything; our engineers decide how to go on.",
    ),
    "stood_down": (
        DISRUPTION_OVER,
        "The service responds again where it was. The automatic recovery was not needed and has been ended.",
    ),
    "failed": (
        "Service disruption: recovery delayed",
        "The automatic recovery could not be completed. The service may still be disrupted; our engineers are at work.",
    ),
    "degraded": (
        "Service disruption: partly recovered",
        "The service was moved and may not work in full yet. Our engineers have taken over.",
    ),
}
"""Subject and first sentence by ending. ``recovered`` has a message of its own; of a breach stakeholders hear from the
people who handle it, and so they do of ``contained``."""


def disruption_ended(plan: Plan, ending: str) -> tuple[str, str] | None:
    """Subject and text for stakeholders who were told of the disruption; None for an ending without such a message."""
    if ending not in _ENDED:
        return None
    subject, sentence = _ENDED[ending]
    page = f"Status page: {plan.contacts.status_page}\n" if plan.contacts.status_page else ""
    return f"{subject} - {plan.front_label()[:60]}", f"{sentence}\n\n{page}"


def runbook(*, database: str = "", breach: str = "", instance_lost: bool = False) -> str:
    """The page that describes what to do by hand, by what the incident is about."""
    if breach:
        return "docs/runbooks/breach.md"
    if database:
        return f"docs/runbooks/{'dead-instance' if instance_lost else 'damaged-data'}.md"
    return "docs/runbooks/region-loss.md"
