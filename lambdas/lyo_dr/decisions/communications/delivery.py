"""Delivery of the messages of one audience: in the order written, each once, and none after the news has changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from lyo_dr.decisions.common.endings import DISRUPTION_OVER, DISRUPTION_OVER_TEXT, RESTORED, RESTORED_TEXT
from lyo_dr.decisions.common.subjects import subject_line
from lyo_dr.model.durations import humanize
from lyo_dr.model.outbox import Milestone, QueuedMessage

CLAIM_FOR = timedelta(seconds=90)
"""Longer than the sender may run: one that died no longer sends when its message is tried by the next."""
MISSED_AFTER = timedelta(hours=24)
OVERDUE_AFTER = timedelta(minutes=5)
LATE_AFTER = timedelta(seconds=10)
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=5), timedelta(seconds=60)
_REFUSALS = 3
"""A message that SNS itself refuses is not accepted later: the third refusal ends it, and the next one is sent."""
_BOTH = "No earlier message about this disruption reached you: this one states its beginning and its end."
_UNHEARD = {RESTORED: DISRUPTION_OVER, RESTORED_TEXT: DISRUPTION_OVER_TEXT}
"""Whoever never heard of a disruption is told of one that is over, and not that something was restored."""


class Move(msgspec.Struct, frozen=True):
    """What to do next for one audience, and with which message. ``merged`` is stated by the one that is sent."""

    kind: Literal["send", "wait", "give_up", "drop"]
    message: QueuedMessage
    merged: QueuedMessage | None = None


class Letter(msgspec.Struct, frozen=True):
    """What is sent."""

    subject: str
    text: str


def next_move(waiting: list[QueuedMessage], told: frozenset[Milestone], now: datetime) -> Move | None:
    """The next move for an audience, whose messages come in the order written; None when nothing waits.

    ``told``: the milestones of the first one's incident that this audience has been sent. A message that is claimed or
    waits for its next attempt holds back those behind it: the order is kept.
    """
    if not waiting:
        return None
    first = waiting[0]
    if first.due_at is not None and first.due_at > now:
        return Move("wait", first)
    if now - first.written_at >= MISSED_AFTER:
        return Move("give_up", first)
    return _news(first, waiting[1:], told)


def _news(first: QueuedMessage, behind: list[QueuedMessage], told: frozenset[Milestone]) -> Move:
    """What an audience reads of a disruption: its end alone if it is over, and nothing if it never heard of it."""
    if first.milestone == "ended" and "disruption" not in told:
        return Move("drop", first)
    if first.milestone != "disruption":
        return Move("send", first)
    if "restored" in told:
        return Move("drop", first)
    end = next((other for other in behind if _ends(other, first)), None)
    return Move("send", first) if end is None else Move("send", end, first)


def _ends(other: QueuedMessage, first: QueuedMessage) -> bool:
    return other.milestone in ("restored", "ended") and other.incident == first.incident


def letter(move: Move, told: frozenset[Milestone], now: datetime) -> Letter:
    """Subject and text: an end says both where the disruption was never told; a late message says so."""
    message = move.message
    subject, parts = message.subject, [message.text.rstrip("\n")]
    if message.milestone in ("restored", "ended") and "disruption" not in told:
        subject, parts = _unheard(subject), [_unheard(parts[0]), _BOTH]
    if is_late(message, now):
        parts.append(f"Written {message.written_at:%Y-%m-%d %H:%M:%S} UTC, sent {_delay(message, now)} later.")
    return Letter(subject_line(subject), "\n\n".join(parts) + "\n")


def _unheard(text: str) -> str:
    for known, instead in _UNHEARD.items():
        text = text.replace(known, instead)
    return text


def retry_at(message: QueuedMessage, *, refused: bool, now: datetime) -> datetime | None:
    """When a message whose attempt failed is tried again: twice as late each time, up to a minute. None: never."""
    if refused and message.attempts >= _REFUSALS:
        return None
    doubled: timedelta = _FIRST_RETRY * 2 ** min(message.attempts - 1, 10)
    return now + min(doubled, _LONGEST_RETRY)


def is_late(message: QueuedMessage, now: datetime) -> bool:
    """Whether people notice the delay."""
    return now - message.written_at >= LATE_AFTER


def overdue(waiting: list[QueuedMessage], now: datetime) -> int:
    """How many messages have waited for so long that somebody has to see to it."""
    return sum(now - message.written_at >= OVERDUE_AFTER for message in waiting)


def sent_sentence(message: QueuedMessage, now: datetime, subject: str = "") -> str:
    """For the timeline; ``subject`` where the letter has another one than the message."""
    late = f" {_delay(message, now)} late" if is_late(message, now) else ""
    return f"Notified {message.audience}{late}: {subject or message.subject}"


def unsent_sentence(move: Move) -> str:
    """For the timeline: why a message is not sent any more."""
    message = move.message
    if move.kind == "drop" and message.milestone == "ended":
        return f"Not sent to {message.audience}, who were told of no disruption: {message.subject}"
    if move.kind == "drop":
        return f"Not sent to {message.audience} any more, the restoration was told before: {message.subject}"
    return f"Could not notify {message.audience} within {humanize(MISSED_AFTER)}, given up: {message.subject}"


def _delay(message: QueuedMessage, now: datetime) -> str:
    return humanize(now - message.written_at)
