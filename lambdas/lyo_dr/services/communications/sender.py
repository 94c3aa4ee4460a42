"""Emptying the outbox: one message after the other for each audience, whatever becomes of the other audiences."""

from __future__ import annotations

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.cloudwatch import write_overdue
from lyo_dr.adapters.aws.sns import publish
from lyo_dr.context import StepContext
from lyo_dr.decisions.communications.delivery import (
    CLAIM_FOR,
    Letter,
    Move,
    letter,
    next_move,
    overdue,
    retry_at,
    sent_sentence,
    unsent_sentence,
)
from lyo_dr.errors import LyoDrError, MessageRefused
from lyo_dr.model.incident import Line
from lyo_dr.model.outbox import Milestone, QueuedMessage, Settled

_MOST = 50
"""Messages of one audience in one run; the next run goes on."""


def empty_outbox(ctx: StepContext) -> dict[str, int]:
    """Send what is due. Raises our errors where the table does not answer; a channel that fails raises nothing."""
    # Questions go to responders: they come first.
    audiences = sorted(
        {message.audience for message in ctx.outbox.waiting()}, key=lambda name: (name != "responders", name)
    )
    given_up = sum(_empty(ctx, audience) for audience in audiences)
    left = ctx.outbox.waiting() if audiences else []
    late = overdue(left, ctx.now()) + given_up
    if late:
        _report(ctx, late)
    return {"waiting": len(left), "missed": given_up}


def send_at_once(ctx: StepContext, messages: list[QueuedMessage]) -> bool:
    """Send what a step could not write: through the outbox if it answers now, else directly, which returns False.

    Raises the channel's error when that failed, too: AWS Lambda runs a failed event twice more.
    """
    failed: LyoDrError | None = None
    written = True
    for message in messages:
        try:
            ctx.outbox.write(message)
        except LyoDrError as silence:
            log.warn(f"Sent past the outbox: {silence}", incident=message.incident, audience=message.audience)
            written = False
            if message.milestone == "ended":
                continue  # only the table knows whether this audience was ever told that it began
            text = letter(Move("send", message), frozenset({"disruption"}), ctx.now())
            failed = _publish(ctx, message, text) or failed
    if failed is not None:
        raise failed
    return written


def _empty(ctx: StepContext, audience: str) -> int:
    """Messages that were given up. A claim that was lost is followed by another look: somebody else is at work."""
    given_up = 0
    for _ in range(_MOST):
        waiting = [message for message in ctx.outbox.waiting() if message.audience == audience]
        told = _told(ctx, waiting)
        move = next_move(waiting, told, ctx.now())
        if move is None or move.kind == "wait":
            break
        if move.kind != "send":
            given_up += _end(ctx, move.message, "overtaken" if move.kind == "drop" else "missed", unsent_sentence(move))
            continue
        missed = _send(ctx, waiting[0], move, told)
        if missed is None:
            break
        given_up += missed
    return given_up


def _told(ctx: StepContext, waiting: list[QueuedMessage]) -> frozenset[Milestone]:
    if not waiting or not waiting[0].milestone:
        return frozenset()
    return ctx.outbox.told(waiting[0].incident, waiting[0].audience)


def _send(ctx: StepContext, first: QueuedMessage, move: Move, told: frozenset[Milestone]) -> int | None:
    """Claimed is the first in line, also where a later one states it: whoever holds it holds the audience."""
    claimed = ctx.outbox.claim(first, ctx.now() + CLAIM_FOR)
    if claimed is None or ctx.outbox.settled(move.message):
        return 0 if claimed is None else _forget(ctx, move.message)
    written = letter(move, told, ctx.now())
    failure = _publish(ctx, move.message, written)
    if failure is not None:
        return _failed(ctx, claimed, failure)
    _end(
        ctx,
        claimed if move.merged is None else move.message,
        "sent",
        sent_sentence(move.message, ctx.now(), written.subject),
    )
    if move.merged is not None:
        _end(ctx, claimed, "merged", f"Merged into the next message to {first.audience}: {first.subject}")
    return 0


def _forget(ctx: StepContext, message: QueuedMessage) -> int:
    """A sender died after it had put this on record."""
    ctx.outbox.settle(message, "sent", ctx.now())
    return 0


def _failed(ctx: StepContext, claimed: QueuedMessage, failure: LyoDrError) -> int | None:
    """Said once, at the first attempt; the others are in the log. None: this audience waits."""
    again = retry_at(claimed, refused=isinstance(failure, MessageRefused), now=ctx.now())
    sentence = f"Could not notify {claimed.audience}: {failure}"
    if again is None:
        return _end(ctx, claimed, "missed", f"{sentence}; given up: {claimed.subject}")
    ctx.outbox.postpone(claimed, again)
    if claimed.attempts == 1:
        _record(ctx, claimed, f"{sentence}; it is tried again")
    return None


def _end(ctx: StepContext, message: QueuedMessage, how: Settled, sentence: str) -> int:
    if ctx.outbox.settle(message, how, ctx.now()):
        _record(ctx, message, sentence)
    return int(how == "missed")


def _publish(ctx: StepContext, message: QueuedMessage, written: Letter) -> LyoDrError | None:
    try:
        publish(ctx.names.topic(message.audience), written.subject, written.text, ctx.region)
    except LyoDrError as failure:
        log.warn(f"Could not notify {message.audience}: {failure}", incident=message.incident, attempt=message.attempts)
        return failure
    return None


def _record(ctx: StepContext, message: QueuedMessage, sentence: str) -> None:
    """On the timeline under the step that wrote the message, and in the log in any case."""
    log.say(sentence, incident=message.incident, step=message.step)
    try:
        ctx.store.incidents.add_line(message.incident, Line(at=ctx.now(), step=message.step, sentence=sentence))
    except LyoDrError as failure:
        log.warn(f"Not on the timeline: {failure}", incident=message.incident)


def _report(ctx: StepContext, late: int) -> None:
    try:
        write_overdue(ctx.region, late)
    except LyoDrError as failure:
        log.warn(f"{late} messages are overdue, and no alarm says so: {failure}")
