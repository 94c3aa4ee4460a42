"""Waiting for an API that does not answer: the state machine tries again, and here it is said and brought to an end.

An API of the recovery region that fails for minutes is no verdict on the recovery. Its step is retried until the
budget of its stage is over, and only then it fails, with an error that no state machine retries.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from lyo_dr.adapters import clock, log
from lyo_dr.context import StepContext
from lyo_dr.decisions.common import outage
from lyo_dr.errors import LyoDrError, NoAnswerInTime, ServiceUnreachable, Throttled
from lyo_dr.model.attempt import Attempt
from lyo_dr.model.incident import Line

_LATEST_SECONDS = 24.0
"""A step that has run for longer says nothing: its function is stopped after 30 s, which looks like a crash."""


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
        _say(
            ctx,
            incident_id,
            attempt,
            "end",
            outage.goes_on(ctx.step, attempt, ctx.brief_deadline(attempt.began, budget)),
        )


def _say(ctx: StepContext, incident_id: str, attempt: Attempt, which: str, sentence: str) -> None:
    """Once per outage, and only if the table answers at once: it may be the very thing that is waited for."""
    log.warn(sentence, incident=incident_id, step=ctx.step)
    name = f"{ctx.step}#{attempt.entered.isoformat()}#{which}"
    try:
        if ctx.brief.incidents.record_once(incident_id, "OUTAGE", name):
            ctx.brief.incidents.add_line(incident_id, Line(at=ctx.now(), step=ctx.step, sentence=sentence))
    except LyoDrError as silence:
        log.warn(f"That is not on the timeline: {silence}", incident=incident_id)
