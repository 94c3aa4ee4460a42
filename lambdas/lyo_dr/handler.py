"""Common part of every Lambda handler: parse the input, run the step, return plain data.

A step file stays a few lines: it names its input and gathers facts through adapters, asks a pure decision, acts, and
puts one sentence on the timeline.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from lyo_dr import outages
from lyo_dr.adapters import environment, log
from lyo_dr.context import StepContext
from lyo_dr.errors import BadSignal
from lyo_dr.model.attempt import Attempt
from lyo_dr.model.incident import Incident
from lyo_dr.model.rotation import HOLDER, Rotation

Request = TypeVar("Request", bound=msgspec.Struct)
Stage = Literal["triage", "promotion", "capacity", "switch", "validation", "protection"]
"""The budgets of the plan that steps wait within."""


class Handler(Protocol):
    """What Lambda calls."""

    def __call__(self, event: dict[str, Any], context: object = None, /) -> Any:
        """Plain data in, plain data out."""


def prewarms(event: object) -> bool:
    """Whether a call only prewarms the function. What calls from outside need not be a mapping."""
    return isinstance(event, dict) and event.get("warm") is True


def step(
    name: str, request: type[Request], *, timeline: bool = False, stage: Stage | None = None, noted: bool = False
) -> Callable[[Callable[[Request, StepContext], Any]], Handler]:
    """Make a Lambda handler of a function ``(request, ctx) -> result``.

    ``{"warm": true}`` only prewarms the function, its client of the table included. Input that does not fit raises
    BadSignal with one sentence.

    With ``timeline`` the sentence of whatever the step returns goes on the timeline of the incident or rotation in its
    request, after the guards and the step itself. A step that has nothing to say sometimes, or says something else than
    it returns, records its lines itself.

    With ``stage`` the step belongs to a stage that has a budget in the plan: while an API does not answer, the timeline
    says so, and when the budget is over, NoAnswerInTime is raised. The state machine passes ``attempt`` for that.

    With any of the three, ``noted`` included, its failure is put on the record of its incident.
    """
    noted = noted or timeline or stage is not None

    def decorate(run: Callable[[Request, StepContext], Any]) -> Handler:
        @functools.wraps(run)
        def handler(event: dict[str, Any], _context: object = None) -> Any:
            ctx = StepContext(environment.plan(), environment.region(), name)
            if prewarms(event):
                ctx.prewarm()
                return {"warm": True}
            asked = _parse(name, event, request)
            subject = _subject(asked)
            if subject:
                log.correlate(subject, _execution(asked) or subject.removeprefix(HOLDER))
            attempt = _parse(name, event["attempt"], Attempt) if "attempt" in event else None
            incident = _incident(asked) if noted else None
            with outages.on_record(ctx, incident, attempt), _within(stage, attempt, subject, ctx):
                result = msgspec.to_builtins(run(asked, ctx))
                if timeline:
                    ctx.record(subject, result["sentence"])
            outages.note_verdict(ctx, incident, result)
            return result

        return log.invocation(handler)

    return decorate


def _within(
    stage: Stage | None, attempt: Attempt | None, subject: str, ctx: StepContext
) -> AbstractContextManager[None]:
    """The patience of the step's stage; none without one, or where a state machine tells nothing of its tries."""
    if stage is None or attempt is None:
        return nullcontext()
    return outages.waited_for(ctx, subject, attempt, getattr(ctx.plan.budgets, stage))


def scheduled(name: str) -> Callable[[Callable[[StepContext], Any]], Handler]:
    """Make a Lambda handler of a function ``(ctx) -> result`` that EventBridge calls on a schedule, without input."""

    def decorate(run: Callable[[StepContext], Any]) -> Handler:
        @functools.wraps(run)
        def handler(event: dict[str, Any], _context: object = None) -> Any:
            if prewarms(event):
                return {"warm": True}
            return run(StepContext(environment.plan(), environment.region(), name))

        return log.invocation(handler)

    return decorate


def _subject(request: msgspec.Struct) -> str:
    """The id of the incident or rotation that a request names; empty where it names none.

    An incident is called like its first execution, and a rotation too, with a prefix of its own.
    """
    for name in ("incident", "rotation", "incident_id", "execution"):
        work = getattr(request, name, None)
        if isinstance(work, Incident | Rotation):
            return work.id
        if isinstance(work, str):
            return work
    return ""


def _incident(request: msgspec.Struct) -> Incident | None:
    """The incident of a request; None where it has none, or something else under that name."""
    work = getattr(request, "incident", None)
    return work if isinstance(work, Incident) else None


def _execution(request: msgspec.Struct) -> str:
    """The execution that has taken the incident up again; empty where incident and execution have one name."""
    work = _incident(request)
    return "" if work is None else work.execution


def _parse(name: str, event: dict[str, Any], request: type[Request]) -> Request:
    try:
        return msgspec.convert(event, request)
    except msgspec.ValidationError as fault:
        raise BadSignal(f"{name} got invalid input: {fault}; let `lyo-dr` start the machine, which writes it") from None
