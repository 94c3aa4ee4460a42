"""SNS is silent from the loss of the region on until the incident is closed: what people get then, and when."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from drills.engine import notifications
from drills.engine.context import DrillContext
from drills.engine.incident_view import ENTRY
from drills.scenarios import faults

_DELIVERED_SECONDS = 120.0
"""The last attempt may have been just before the silence ended, and the next is a minute later."""
_LATE_SECONDS = 12.0
"""Longer after the end than the product calls late."""
_TRIED_AGAIN_SECONDS = 90.0
_AUDIENCES = ("responders", "stakeholders")


def listen(ctx: DrillContext) -> None:
    """Queues on the topics of the recovery region keep what is published."""
    notifications.listen(ctx, ctx.secondary)


def lose_primary_and_topics(ctx: DrillContext) -> float:
    """The region goes, and SNS of the other one answers nobody any more."""
    rule = {"region": ctx.secondary, "service": "sns", "kind": "blackhole"}
    at = faults.lose_primary(ctx, (rule,))
    ctx.notes["silent since"] = at
    ctx.screen.stage(f"SNS in {ctx.secondary} is silent, too: nobody can be told")
    return at


def let_topics_answer(ctx: DrillContext) -> None:
    """After the incident has ended: note what still waits, end the silence, and wait until all of it is sent.

    The silence lasts until the sender has tried to reach stakeholders once more: an attempt that was under way when
    the incident ended knows nothing of its end.
    """
    ctx.notes["waiting when it ended"] = ctx.view.messages_waiting()
    ctx.notes["sent when it ended"] = sum(len(_got(ctx, audience)) for audience in _AUDIENCES)
    ctx.notes["seconds from closing to the end"] = _closing_seconds(ctx)
    tried = ctx.view.attempts_to_notify("stakeholders")
    ctx.let_pass(_LATE_SECONDS)
    ctx.wait_until(lambda: ctx.view.attempts_to_notify("stakeholders") > tried, _TRIED_AGAIN_SECONDS)
    ctx.world.aws.set_faults([{"region": ctx.primary, "kind": "blackhole"}])
    ctx.notes["silent for"] = round(time.time() - ctx.notes.pop("silent since"), 1)
    ctx.screen.stage(f"SNS answers again after {ctx.notes['silent for']:g} s")
    ctx.messages_sent(_DELIVERED_SECONDS)


def collect(ctx: DrillContext) -> dict[str, Any]:
    """Subjects by audience in the order of their arrival, and the text of the restoration."""
    for audience in _AUDIENCES:
        ctx.notes[f"{audience} got"] = [subject for subject, _ in _got(ctx, audience)]
    return {"last text to stakeholders": next((text for _, text in reversed(_got(ctx, "stakeholders"))), "")}


def _got(ctx: DrillContext, audience: str) -> list[tuple[str, str]]:
    return notifications.messages(ctx, ctx.secondary, audience)


def _closing_seconds(ctx: DrillContext) -> float | None:
    """From the closing of the incident to the end of its execution, which comes after the last message."""
    head = ctx.view.head(ctx.incident_id or "")
    if "closed_at" not in head:
        return None
    states, names = ctx.world.client("stepfunctions", ctx.secondary), ctx.world.names(ctx.secondary)
    ended = states.describe_execution(executionArn=names.execution(ENTRY, ctx.incident_id or ""))["stopDate"]
    return round(float(ended.timestamp()) - datetime.fromisoformat(head["closed_at"]).timestamp(), 1)
