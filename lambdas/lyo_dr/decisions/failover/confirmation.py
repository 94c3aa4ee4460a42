"""The second look, right before the fence and again before the promotion."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.decisions.failover.triage import Rules
from lyo_dr.model.consent import Consent
from lyo_dr.model.verdict import Triage


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What comes next, and why."""

    next: Literal["fence", "recover", "lift_fence", "call_off"]
    sentence: str


def rules_of_second_look(rules: Rules, *, opened_at: datetime, now: datetime, consent: Consent | None) -> Rules:
    """What the incident had no time to look at since it was opened does not break the agreement it began with.

    Throttled calls hold a step up for longer than the looks may lie apart. The first look has seen the whole
    agreement, so silence then and silence now is silence throughout, unless a look or a replica in between says
    otherwise. Not after a person was asked: then too much time has passed that nobody saw.
    """
    if consent is not None:
        return rules
    return msgspec.structs.replace(rules, gap=max(rules.gap, now - opened_at))


def confirm(
    second_look: Triage, *, fence: str | None, consent: Consent | None = None, heard: bool = False
) -> Confirmation:
    """Go on only while the region is still lost. ``fence`` is its outcome so far, None before it was tried.

    Once the region has answered the fence, anything but a clear loss undoes it. A person's consent carries the very
    doubt that person has seen and no other. No consent outweighs a region that serves again, or a replica that hears
    its primary (``heard``).
    """
    if second_look.finding == "region_lost" and not heard:
        return _go_on(second_look.sentence, fence)
    reason = reason_of(second_look)
    if consent is not None and not heard and _covered(second_look, consent):
        return _go_on(f"{consent.by} has consented although {reason}", fence)
    if fence == "answered":
        return Confirmation(next="lift_fence", sentence=f"The fence is lifted and nothing is promoted: {reason}")
    return Confirmation(next="call_off", sentence=f"Called off before anything was changed: {reason}")


def _go_on(sentence: str, fence: str | None) -> Confirmation:
    return Confirmation(next="fence" if fence is None else "recover", sentence=sentence)


def _covered(second_look: Triage, consent: Consent) -> bool:
    return second_look.finding == consent.finding and second_look.finding in ("cut_off", "unclear")


def reason_of(look: Triage) -> str:
    """What triage says, without what it announces to do about it."""
    reason = look.sentence
    for opening in ("Not certain yet: ", "Nothing is promoted: "):
        reason = reason.removeprefix(opening)
    for promise in ("looking again", "a person has to look", "a person is asked"):
        reason = reason.removesuffix(f"; {promise}")
    return reason
