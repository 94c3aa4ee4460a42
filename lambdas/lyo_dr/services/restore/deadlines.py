"""Time limits of restores: the protection budget afterwards, and the time of the state machine that restores."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.time_left import no_time_for
from lyo_dr.model.machines.times import after_restore, machine_times, search_time
from lyo_dr.model.verdict import Progress


class Execution(msgspec.Struct, frozen=True):
    """A state machine that restores a database, and when this execution of it began."""

    process: str
    began: datetime


def no_time_to_restore(ctx: StepContext, run: Execution, begun: datetime, name: str) -> str | None:
    """Whether an attempt written down at ``begun``, and what follows it, end before the machine: the reason if not."""
    takes = ctx.plan.budgets.restore + after_restore(ctx.plan, run.process)
    return no_time_for(f"the restore of {name}", begins=begun, takes=takes, ends=_ends(ctx, run))


def no_time_to_search(ctx: StepContext, restore_began: datetime, begun: datetime) -> str | None:
    """The same for a search, after which a restore has to fit in."""
    run = Execution("database_restore", restore_began)
    takes = search_time(ctx.plan) + ctx.plan.budgets.restore + after_restore(ctx.plan, run.process)
    return no_time_for("a search and the restore after it", begins=begun, takes=takes, ends=_ends(ctx, run))


def _ends(ctx: StepContext, run: Execution) -> datetime:
    return run.began + machine_times(ctx.plan)[run.process]


def within(done: bool, sentence: str, started_at: datetime, ctx: StepContext) -> Progress:
    """Ready when done; pending until the budget is spent, then broken."""
    if done:
        return Progress(status="ready", sentence=sentence)
    late = ctx.deadline(started_at, ctx.plan.budgets.protection).expired
    return Progress(status="broken" if late else "pending", sentence=sentence, wait_seconds=ctx.poll)
