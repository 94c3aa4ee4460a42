"""The second look, right before the fence and again before the promotion."""

from __future__ import annotations

from typing import Literal

import msgspec

from lyo_dr.model.verdict import Triage


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What comes next, and why."""

    next: Literal["fence", "recover", "lift_fence", "call_off"]
    sentence: str


def confirm(second_look: Triage, *, fence: str | None) -> Confirmation:
    """Go on only while the region is still lost. ``fence`` is its outcome so far, None before it was tried.

    Once the region has answered the fence, anything but a clear loss undoes it.
    """
    if second_look.finding == "region_lost":
        return Confirmation(next="fence" if fence is None else "recover", sentence=second_look.sentence)
    reason = second_look.sentence.removeprefix("Not certain yet: ").removesuffix("; looking again")
    if fence == "answered":
        return Confirmation(next="lift_fence", sentence=f"The fence is lifted and nothing is promoted: {reason}")
    return Confirmation(next="call_off", sentence=f"Called off before anything was changed: {reason}")
