"""What a fence says about the region it was meant for."""

from __future__ import annotations

from typing import Literal

import msgspec


class Fence(msgspec.Struct, frozen=True, kw_only=True):
    """``answered``: the region's API was heard. ``unknown``: it was silent for the time allowed."""

    status: Literal["answered", "unknown"]
    sentence: str


def judge_fence(region: str, fenced: list[str], failures: list[str], *, heard: bool = False) -> Fence:
    """A single answer means the region's API lives: it has to be looked at once more.

    ``heard`` is an answer that stopped nothing: a refusal, or a description before the silence.
    """
    reasons = "; ".join(failures)
    if fenced:
        rest = f"; not confirmed: {reasons}" if failures else ""
        return Fence(status="answered", sentence=f"{region} answered; stopped {', '.join(fenced)}{rest}")
    if heard:
        return Fence(status="answered", sentence=f"{region} answered, but nothing could be stopped ({reasons})")
    reason = failures[0] if failures else "there is nothing to fence"
    return Fence(status="unknown", sentence=f"{region} could not be fenced ({reason}); veto and latch protect")
