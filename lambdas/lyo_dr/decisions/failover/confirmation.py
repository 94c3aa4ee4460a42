"""Confirmation of the region loss: the second check, before the fence and again before the promotion."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.decisions.failover.triage import Rules
from lyo_dr.model.consent import Consent
from lyo_dr.model.verdict import Triage


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """Next action and the reason."""

    next: Literal["fence", "recover", "lift_fence", "call_off"]
    sentence: str


def rules_of_second_look(rules: Rules, *, opened_at: datetime, now: datetime, consent: Consent | None) -> Rules:
    """Widen the allowed gap to the age of the incident: time without observations does not break its agreement.

    Throttled calls can delay a step for longer than the allowed gap between observations. The first check has seen
    the whole agreement, so no response then and none now counts as none throughout, unless an observation or a
    replica in between contradicts it. Not after waiting for approval: then too much time was not observed.
    """
    if consent is not None:
        return rules
    return msgspec.structs.replace(rules, gap=max(rules.gap, now - opened_at))


def confirm(
    second_look: Triage, *, fence: str | None, consent: Consent | None = None, heard: bool = False
) -> Confirmation:
    """Continue only while the region is still lost. ``fence`` is its outcome so far, None before it was tried.

    Once the fence was tried, anything but a clear loss rolls it back: also one that is unknown, which may have stopped
    some services before it was cut off. A consent covers exactly the
    doubt the person was shown. No consent outweighs a region that serves again, or a replica that receives from its
    primary (``heard``).
    """
    if second_look.finding == "region_lost" and not heard:
        return _go_on(second_look.sentence, fence)
    reason = reason_of(second_look)
    if consent is not None and not heard and _covered(second_look, consent):
        return _go_on(f"{consent.by} approved although {reason}", fence)
    if fence is not None:
        return Confirmation(next="lift_fence", sentence=f"Lifting the fence, nothing is promoted: {reason}")
    return Confirmation(next="call_off", sentence=f"Called off, nothing was changed: {reason}")


def _go_on(sentence: str, fence: str | None) -> Confirmation:
    return Confirmation(next="fence" if fence is None else "recover", sentence=sentence)


def _covered(second_look: Triage, consent: Consent) -> bool:
    return second_look.finding == consent.finding and second_look.finding in ("cut_off", "unclear")


def reason_of(look: Triage) -> str:
    """The reason given by triage, without the action it announces."""
    reason = look.sentence
    for opening in ("Not confirmed: ", "Nothing is promoted: "):
        reason = reason.removeprefix(opening)
    for promise in ("checking again", "a person has to investigate", "asking for approval"):
        reason = reason.removesuffix(f"; {promise}")
    return reason
