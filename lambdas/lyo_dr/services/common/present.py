"""Which databases have an instance in this region, and which instance that is."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.model.plan import Database


def databases_here(ctx: StepContext) -> list[tuple[Database, str]]:
    """The plan's databases with their current instance here; none of one without, such as before it is restored."""
    here = ctx.plan.databases_in(ctx.region)
    found = [(d, ctx.store.databases.instance(d.name, d.instance_in(ctx.region))) for d in here]
    return [(d, live) for d, live in found if ctx.region in d.instances or live != d.instance_in(ctx.region)]
