"""ConcludeBreach: the outcome; a failed part makes the incident fail."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.messages import breach_closed
from lyo_dr.decisions.breach.response import BreachDecision, acted, conclude, parts_of
from lyo_dr.errors import NotContained
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Outcome
from lyo_dr.services.common.notify import notify
from lyo_dr.services.common.outstanding import keep_by_hand


class Request(msgspec.Struct, frozen=True):
    """The incident, the course, and the state of the machine with how each part ended."""

    incident: Incident
    course: BreachDecision
    so_far: dict[str, Any]


@step("ConcludeBreach", Request)
def handler(request: Request, ctx: StepContext) -> Outcome:
    """Raises NotContained, so that what was missed takes the failure path."""
    incident, so_far, course = request.incident, request.so_far, request.course
    did = acted(course, so_far.get("consent"))
    by_hand = course.by_hand if did else []
    if by_hand:
        # Also where a part has failed: that leaves the keys as they were all the more.
        keep_by_hand(ctx, by_hand, incident.id)
    outcome = conclude(course, so_far.get("consent"), parts_of(so_far))
    if isinstance(outcome, str):
        raise NotContained(outcome)
    waiting = len(by_hand) + (len(course.outstanding) if did else 0)
    messages = breach_closed(incident, outcome.ending, outcome.sentence, outcome.reasons, outstanding=waiting)
    notify(ctx, incident.id, messages)
    return outcome
