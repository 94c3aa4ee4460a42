"""Notifications, and the record of those that failed: recovery never stops for a notification."""

from __future__ import annotations

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.sns import publish
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import Message
from lyo_dr.errors import LyoDrError


def notify(ctx: StepContext, incident_id: str, messages: list[Message]) -> dict[str, list[str]]:
    """Publish each message once per incident (idempotent); a failure is recorded, and the next one is still sent."""
    notified, missed = [], []
    for message in messages:
        if _notified_before(ctx, incident_id, message):
            notified.append(message.audience)
            continue
        try:
            publish(ctx.names.topic(message.audience), message.subject, message.text, ctx.region)
        except LyoDrError as failure:
            missed.append(message.audience)
            _record(ctx, incident_id, f"Could not notify {message.audience}: {failure}")
            continue
        notified.append(message.audience)
        _record(ctx, incident_id, f"Notified {message.audience}: {message.subject}", message)
    return {"notified": notified, "missed": missed}


def _notified_before(ctx: StepContext, incident_id: str, message: Message) -> bool:
    """If the table does not respond, send anyway: better twice than never."""
    try:
        return ctx.store.incidents.read_note(incident_id, "NOTIFIED", _name(ctx, message)) is not None
    except LyoDrError:
        return False


def _name(ctx: StepContext, message: Message) -> str:
    return f"{ctx.step}#{message.audience}" + (f"#{message.about}" if message.about else "")


def _record(ctx: StepContext, incident_id: str, sentence: str, sent: Message | None = None) -> None:
    """Record on the timeline if possible, in the log in any case."""
    try:
        if sent is not None:
            ctx.store.incidents.record_once(incident_id, "NOTIFIED", _name(ctx, sent), subject=sent.subject)
        ctx.record(incident_id, sentence)
    except LyoDrError as failure:
        log.warn(f"{sentence} (not on the timeline: {failure})", incident=incident_id)
