"""Waiting for an adapter's operation within the protection budget."""

from __future__ import annotations

from datetime import datetime

from lyo_dr.context import StepContext
from lyo_dr.model.verdict import Progress


def within(done: bool, sentence: str, started_at: datetime, ctx: StepContext) -> Progress:
    """Ready when done; pending until the budget is spent, then broken."""
    if done:
        return Progress(status="ready", sentence=sentence)
    late = ctx.deadline(started_at, ctx.plan.budgets.protection).expired
    return Progress(status="broken" if late else "pending", sentence=sentence, wait_seconds=ctx.poll)
