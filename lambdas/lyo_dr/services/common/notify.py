"""Notifications: a step writes them to the outbox and wakes the sender. It calls no channel, and waits for none."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.lambda_ import hand_over
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import Message
from lyo_dr.errors import LyoDrError
from lyo_dr.model.outbox import QueuedMessage


def notify(ctx: StepContext, incident_id: str, messages: list[Message]) -> dict[str, list[str]]:
    """Write each message once per incident (idempotent), and wake the sender.

    What the table does not take is handed to the sender itself, which sends it at once: better twice than never.
    ``missed``: audiences whose message could neither be written nor handed over.
    """
    unwritten: list[QueuedMessage] = []
    wake = False
    for message in messages:
        queued = _queued(ctx, incident_id, message)
        # A table that was silent once is not waited for again.
        if unwritten:
            unwritten.append(queued)
            continue
        try:
            wake |= ctx.outbox.write(queued) != "settled"
        except LyoDrError as failure:
            log.warn(f"The outbox took no message to {message.audience}: {failure}", incident=incident_id)
            unwritten.append(queued)
    missed = _hand_over(ctx, incident_id, unwritten) if wake or unwritten else []
    return {"queued": [one.audience for one in messages if one.audience not in missed], "missed": missed}


def _queued(ctx: StepContext, incident_id: str, message: Message) -> QueuedMessage:
    return QueuedMessage(
        incident=incident_id,
        step=ctx.step,
        audience=message.audience,
        about=message.about,
        subject=message.subject,
        text=message.text,
        milestone=message.milestone,
        written_at=ctx.now(),
    )


def _hand_over(ctx: StepContext, incident_id: str, unwritten: list[QueuedMessage]) -> list[str]:
    """The sender runs each minute by itself, so that a call that fails delays only what is in the outbox."""
    try:
        hand_over(ctx.names.sender, {"messages": msgspec.to_builtins(unwritten)}, ctx.region)
    except LyoDrError as failure:
        log.warn(f"The sender was not woken: {failure}", incident=incident_id)
        return [message.audience for message in unwritten]
    return []
