"""SweepProbes, every hour: clean up what searches left behind. Forgotten temporary instances cost money."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.services.restore.search_restores import Probes

_GRACE = timedelta(hours=1)
"""A search that has used up its budget still deletes what it made."""


class Request(msgspec.Struct, frozen=True):
    """The schedule says nothing."""


@step("SweepProbes", Request)
def handler(_request: Request, ctx: StepContext) -> Any:
    """Only what the notes of that search name, and carries its tags, is deleted; what it has kept is not."""
    if ctx.store.control.paused() is not None:
        return {"left": {}}
    return {"left": {database.name: _sweep(database.name, ctx) for database in ctx.plan.databases}}


def _sweep(name: str, ctx: StepContext) -> list[str]:
    """The instances that could not be deleted yet: the next hour tries again."""
    search = ctx.store.databases.searching(name)
    if search is None or _at_work(search, ctx):
        return []
    left = Probes(ctx, search["incident"], name).sweep(search.get("kept"))
    if not left:
        ctx.store.databases.end_search(name)
    log.warn(f"Clean-up after the search of {search['incident']}, left: {', '.join(left) or 'nothing'}", database=name)
    return left


def _at_work(search: Item, ctx: StepContext) -> bool:
    """A search that is closed has left its rest to us."""
    return not search.get("closed") and ctx.now() < datetime.fromisoformat(search["ends"]) + _GRACE
