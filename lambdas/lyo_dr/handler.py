"""Common part of every Lambda handler: parse the input, run the step, return plain data.

A step file stays a few lines: it names its input and gathers facts through adapters, asks a pure decision, acts, and
puts one sentence on the timeline.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from lyo_dr.adapters import environment, log
from lyo_dr.context import StepContext
from lyo_dr.errors import BadSignal
from lyo_dr.model.incident import Incident
from lyo_dr.model.rotation import HOLDER, Rotation

Request = TypeVar("Request", bound=msgspec.Struct)


class Handler(Protocol):
    """What Lambda calls."""

    def __call__(self, event: dict[str, Any], context: object = None, /) -> Any:
        """Plain data in, plain data out."""


def step(
    name: str, request: type[Request], *, timeline: bool = False
) -> Callable[[Callable[[Request, StepContext], Any]], Handler]:
    """Make a Lambda handler of a function ``(request, ctx) -> result``.

    ``{"warm": true}`` only prewarms the function, its client of the table included. Input that does not fit raises
    BadSignal with one sentence.

    With ``timeline`` the sentence of whatever the step returns goes on the timeline of the incident or rotation in its
    request, after the guards and the step itself. A step that has nothing to say sometimes, or says something else than
    it returns, records its lines itself.
    """

    def decorate(run: Callable[[Request, StepContext], Any]) -> Handler:
        @functools.wraps(run)
        def handler(event: dict[str, Any], _context: object = None) -> Any:
            ctx = StepContext(environment.plan(), environment.region(), name)
            if event.get("warm") is True:
                ctx.prewarm()
                return {"warm": True}
            asked = _parse(name, event, request)
            subject = _subject(asked)
            if subject:
                log.correlate(subject, _execution(asked) or subject.removeprefix(HOLDER))
            result = msgspec.to_builtins(run(asked, ctx))
            if timeline:
                ctx.record(subject, result["sentence"])
            return result

        return log.invocation(handler)

    return decorate


def scheduled(name: str) -> Callable[[Callable[[StepContext], Any]], Handler]:
    """Make a Lambda handler of a function ``(ctx) -> result`` that EventBridge calls on a schedule, without input."""

    def decorate(run: Callable[[StepContext], Any]) -> Handler:
        @functools.wraps(run)
        def handler(event: dict[str, Any], _context: object = None) -> Any:
            if event.get("warm") is True:
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


def _execution(request: msgspec.Struct) -> str:
    """The execution that has taken the incident up again; empty where incident and execution have one name."""
    work = getattr(request, "incident", None)
    return work.execution if isinstance(work, Incident) else ""


def _parse(name: str, event: dict[str, Any], request: type[Request]) -> Request:
    try:
        return msgspec.convert(event, request)
    except msgspec.ValidationError as fault:
        raise BadSignal(f"{name} got invalid input: {fault}") from None
