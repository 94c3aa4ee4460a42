"""The predicted loss of each database against its objective: its own RPO, or that of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from lyo_dr.decisions.common.loss import worst
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import LossWindow
from lyo_dr.model.plan import Database, Plan


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """What may be lost of one database."""

    database: Database
    window: LossWindow


def is_over(plan: Plan, loss: Loss) -> bool:
    """Whether more may be lost than the objective of that database; an unknown loss counts as too much."""
    seconds = loss.window.seconds
    return seconds is None or timedelta(seconds=seconds) > plan.rpo_of(loss.database)


def stated(plan: Plan, losses: list[Loss]) -> LossWindow:
    """The loss a gate states and a person accepts: the worst of those beyond their objective, or of all."""
    beyond = [loss.window for loss in losses if is_over(plan, loss)]
    return worst(beyond or [loss.window for loss in losses])


def loss_doubts(plan: Plan, losses: list[Loss]) -> Iterator[str]:
    """One sentence for the databases of the plan's objective together, and one for each that has its own."""
    shared, own = _by_objective(losses)
    beyond = [loss.window for loss in shared if is_over(plan, loss)]
    unknown = [loss.window for loss in losses if loss.window.seconds is None]
    if unknown:
        yield f"the loss is unknown: {unknown[0].basis}"
    elif beyond:
        limit = humanize(plan.objectives.rpo)
        yield f"up to {_lost(worst(beyond))} of work would be lost, more than the RPO of {limit}"
    for loss in own:
        if loss.window.seconds is not None and is_over(plan, loss):
            limit = humanize(plan.rpo_of(loss.database))
            lost = f"up to {_lost(loss.window)} of work would be lost"
            yield f"database {loss.database.name}: {lost}, more than its RPO of {limit}"


def within_rpo(plan: Plan, losses: list[Loss]) -> str:
    """What may be lost at most, where that is within each objective."""
    shared, own = _by_objective(losses)
    lines = []
    if shared:
        lost = _lost(worst([loss.window for loss in shared]))
        lines.append(f"at most {lost} of work would be lost, within the RPO of {humanize(plan.objectives.rpo)}")
    for loss in own:
        limit = humanize(plan.rpo_of(loss.database))
        lines.append(f"at most {_lost(loss.window)} of {loss.database.name} would be lost, within its RPO of {limit}")
    sentence = "; ".join(lines)
    return sentence[:1].upper() + sentence[1:]


def _by_objective(losses: list[Loss]) -> tuple[list[Loss], list[Loss]]:
    shared = [loss for loss in losses if loss.database.rpo is None]
    return shared, [loss for loss in losses if loss.database.rpo is not None]


def _lost(window: LossWindow) -> str:
    """To a tenth of a second, as the loss counts in the hash of the facts."""
    return "an unknown time" if window.seconds is None else humanize(round(window.seconds, 1))
