"""Steps that a person skips: asked for through the operator API, and met where the step would run."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Protocol, TypeVar

from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply
from lyo_dr.decisions.incident.skip import SKIPPABLE, may_skip, skip_line, skipped_sentence
from lyo_dr.model.incident import Incident, Line
from lyo_dr.model.step_record import Skip
from lyo_dr.model.verdict import Progress
from lyo_dr.services.incident.answers import put_on_record


class _OfAnIncident(Protocol):
    @property
    def incident(self) -> Incident:
        """The incident that would go on without the step."""


Request = TypeVar("Request", bound=_OfAnIncident)


def skippable(run: Callable[[Request, StepContext], Progress]) -> Callable[[Request, StepContext], Progress]:
    """Mark a step as one a person may skip; it stands below the guards, which are met in any case.

    A skipped step is ready, and says by whom and why. The table in decisions/incident/skip.py has the reason why a
    recovery is still correct without it.
    """

    @functools.wraps(run)
    def skipping(request: Request, ctx: StepContext) -> Progress:
        skip = ctx.store.steps.skipped(request.incident.id, ctx.step)
        if skip is None:
            return run(request, ctx)
        if skip.used_at is None:
            ctx.store.steps.used(request.incident.id, skip, ctx.now())
        return Progress(status="ready", sentence=skipped_sentence(skip))

    return skipping


def skip_step(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """Record that the AWS identity ``by`` skips a step, or refuse; who asks first counts."""
    head = ctx.store.incidents.head(order.incident)
    before = ctx.store.steps.skipped(order.incident, order.step)
    verdict = may_skip(order.incident, order.step, head, before, here=ctx.region)
    if not verdict.allowed:
        put_on_record(ctx, order.incident, f"{by} tried to skip {order.step} without effect: {verdict.sentence}")
        return Reply(status=404 if head is None else 409, sentence=verdict.sentence)
    skip = before or Skip(step=order.step, by=by, why=order.why, at=ctx.now())
    if before is None and not ctx.store.steps.skip(order.incident, skip):
        return skip_step(order, by, ctx)
    # At the time of the record, so that a command that is sent again writes the same line.
    ctx.store.incidents.add_line(order.incident, Line(at=skip.at, step=ctx.step, sentence=skip_line(skip)))
    return Reply(status=200, sentence=verdict.sentence)


def used_skips(ctx: StepContext, incident_id: str) -> list[Skip]:
    """Steps that this incident went on without."""
    found = (ctx.store.steps.skipped(incident_id, step) for step in SKIPPABLE)
    return [skip for skip in found if skip is not None and skip.used_at is not None]
