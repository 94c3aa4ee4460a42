"""How many events the history of an execution grows to, at most."""

from __future__ import annotations

import math
from datetime import timedelta

from lyo_dr.model.deadline import patience
from lyo_dr.model.machines.stages import Stage, stages_of
from lyo_dr.model.plan import Plan

LIMIT = 25_000
"""Events an execution of a standard workflow may have; the next one fails it (Step Functions quotas)."""
ROOM = 1_500
"""Kept free for what is done once, for retries, and for the way that puts things back."""


def events(plan: Plan, process: str) -> int:
    """Events of all polling of this machine, when every stage uses its whole budget."""
    return sum(_looks(stage, plan.timing.poll) * stage.events * stage.lanes for stage in stages_of(plan)[process])


def _looks(stage: Stage, poll: timedelta) -> int:
    if not stage.share:
        return math.ceil(stage.lasts / poll)
    looks, waited = 0, timedelta()
    while waited < stage.lasts / max(1, stage.times):
        waited += timedelta(seconds=patience(waited, poll, stage.share))
        looks += 1
    return looks * stage.times
