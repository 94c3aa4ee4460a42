"""Waiting for an API that does not answer: the state machine tries again, and here it is said and brought to an end.

An API of the recovery region that fails for minutes is no verdict on the recovery. Its step is retried until the
budget of its stage is over, and only then it fails, with an error that no state machine retries.

A step that fails, or is retried for longer than a hiccup, is on record under its name: a person who retries a step
names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from lyo_dr.adapters import clock, log
from lyo_dr.context import StepContext
from lyo_dr.decisions.common import outage
from lyo_dr.errors import (
    AutomationPaused,
    EpochStale,
    LeaseLost,
    LyoDrError,
    NoAnswerInTime,
    ServiceUnreachable,
    Throttled,
)
from lyo_dr.model.attempt import Attempt
from lyo_dr.model.incident import Incident, Line
from lyo_dr.model.step_record import StepFailure

_LATEST_SECONDS = 24.0
"""A step that has run for longer says nothing: its function is stopped after 30 s, which looks like a crash."""
_LONGEST = 1000
"""Characters of a failure on record."""
_NO_FAILURE = (AutomationPaused, EpochStale, LeaseLost)
"""A pause is waited for, and an execution that others have replaced says nothing about the incident any more."""
_NEGATIVE = ("broken", "refused")
"""Results of a step by which its state machine fails."""


@contextmanager
def waited_for(ctx: StepContext, incident_id: str, attempt: Attempt, budget: timedelta) -> Iterator[None]:
    """Say on the timeline that a step waits for an API, and that it came through. Raises NoAnswerInTime."""
    began = clock.monotonic()
    try:
        yield
    except (Throttled, ServiceUnreachable) as silence:
        deadline = ctx.brief_deadline(attempt.began, budget)
        if deadline.expired:
            raise NoAnswerInTime(outage.given_up(ctx.step, str(silence), attempt, deadline)) from silence
        if outage.is_outage(attempt) and clock.monotonic() - began < _LATEST_SECONDS:
            _say(ctx, incident_id, attempt, "begin", outage.waits(ctx.step, str(silence), deadline))
        raise
    if outage.is_outage(attempt):
        goes_on = outage.goes_on(ctx.step, attempt, ctx.brief_deadline(attempt.began, budget))
        _say(ctx, incident_id, attempt, "end", goes_on)


@contextmanager
def on_record(ctx: StepContext, incident: Incident | None, attempt: Attempt | None) -> Iterator[None]:
    """Put the failure of a step on the record of its incident, also while it is retried; None: of no incident."""
    began = clock.monotonic()
    try:
        yield
    except _NO_FAILURE:
        raise
    except Exception as failure:
        retried = isinstance(failure, Throttled | ServiceUnreachable)
        hiccup = retried and (attempt is None or not outage.is_outage(attempt))
        if not hiccup and clock.monotonic() - began < _LATEST_SECONDS:
            _note(ctx, incident, f"{type(failure).__name__}: {failure}", retried=retried)
        raise
    if attempt is not None and outage.is_outage(attempt):
        _note(ctx, incident, "it came through", passed=True)


def note_verdict(ctx: StepContext, incident: Incident | None, result: object) -> None:
    """Put a result that its state machine fails by on record, too."""
    if isinstance(result, dict) and result.get("status") in _NEGATIVE:
        _note(ctx, incident, str(result.get("sentence")))


def _note(ctx: StepContext, incident: Incident | None, sentence: str, **fields: bool) -> None:
    if incident is None:
        return
    failure = StepFailure(
        step=ctx.step,
        execution=incident.execution or incident.id,
        at=ctx.now(),
        sentence=sentence[:_LONGEST],
        **fields,
    )
    try:
        ctx.brief.steps.failed(incident.id, failure)
    except LyoDrError as silence:
        log.warn(f"The failure of {ctx.step} is not on record: {silence}", incident=incident.id)


def _say(ctx: StepContext, incident_id: str, attempt: Attempt, which: str, sentence: str) -> None:
    """Once per outage, and only if the table answers at once: it may be the very thing that is waited for."""
    log.warn(sentence, incident=incident_id, step=ctx.step)
    name = f"{ctx.step}#{attempt.entered.isoformat()}#{which}"
    try:
        if ctx.brief.incidents.record_once(incident_id, "OUTAGE", name):
            ctx.brief.incidents.add_line(incident_id, Line(at=ctx.now(), step=ctx.step, sentence=sentence))
    except LyoDrError as silence:
        log.warn(f"That is not on the timeline: {silence}", incident=incident_id)
