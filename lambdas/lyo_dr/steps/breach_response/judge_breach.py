"""JudgeBreach: decide the response and whether it needs approval; start the GDPR deadline."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.response import BreachDecision, judge_breach
from lyo_dr.errors import LyoDrError, TasksNotReplaceable
from lyo_dr.guards import containment
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.services.common.consents import consent_of
from lyo_dr.services.common.redeployments import check_replaceable


class Request(msgspec.Struct, frozen=True):
    """The incident and what opened it."""

    incident: Incident
    signal: Signal


@step("JudgeBreach", Request)
@containment
def handler(request: Request, ctx: StepContext) -> BreachDecision:
    """The gate is recorded as it stands: without an open one the guard rotates and isolates nothing."""
    incident = request.incident
    course = judge_breach(ctx.plan, incident, request.signal, consent_of(ctx, incident))
    if course.status != "observe" and (why := _by_hand(ctx)):
        course = msgspec.structs.replace(course, evidence=[*course.evidence, why])
    ctx.store.incidents.set(
        incident.id, breach=incident.breach, gate=course.gate.status, notify_before=course.deadline.isoformat()
    )
    ctx.record(incident.id, course.sentence)
    ctx.record(
        incident.id, f"The authority must be notified by {course.deadline:%Y-%m-%d %H:%M} UTC if data is concerned"
    )
    return course


def _by_hand(ctx: StepContext) -> str | None:
    """What will not be done, for the person who is asked: asked once.

    Without an answer nothing is said: the steps that need it ask again before they change anything.
    """
    try:
        check_replaceable(ctx, "; its secrets are not rotated and its sessions not ended until then")
    except LyoDrError as why:
        return str(why) if isinstance(why, TasksNotReplaceable) else None
    return None
