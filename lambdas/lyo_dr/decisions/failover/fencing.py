"""Evaluation of the fence: what it says about the lost region."""

from __future__ import annotations

from typing import Literal

import msgspec


class Fence(msgspec.Struct, frozen=True, kw_only=True):
    """``answered``: the region's API responded. ``unknown``: it did not respond within the budget."""

    status: Literal["answered", "unknown"]
    sentence: str


def judge_fence(region: str, fenced: list[str], failures: list[str], *, heard: bool = False) -> Fence:
    """A single response means the region's API is up, so the loss has to be confirmed once more.

    ``heard`` is a response that stopped nothing: an error, or a description before calls timed out.
    """
    reasons = "; ".join(failures)
    if fenced:
        rest = f"; not confirmed: {reasons}" if failures else ""
        return Fence(status="answered", sentence=f"{region} answered; stopped {', '.join(fenced)}{rest}")
    if heard:
        return Fence(status="answered", sentence=f"{region} answered, but nothing could be stopped ({reasons})")
    reason = failures[0] if failures else "there is nothing to fence"
    return Fence(status="unknown", sentence=f"{region} could not be fenced ({reason}); veto and latch protect")
