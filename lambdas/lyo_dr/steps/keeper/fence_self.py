"""FenceSelf, every minute: if this region is deposed, stop its services and close its databases to the app.

A region that comes back after a failover still considers itself active. Its peer's record says otherwise.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.context import StepContext
from lyo_dr.decisions.keeper.aftermath import fenced_itself
from lyo_dr.decisions.keeper.deposed import deposed_by, own_fence
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.fence import Closure, OwnFence
from lyo_dr.model.incident import SystemRecord
from lyo_dr.services.common.fences import stop_services
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The schedule's event, of which nothing is needed."""


@step("FenceSelf", Request)
def handler(_request: Request, ctx: StepContext) -> dict[str, Any]:
    """Two reads if there is nothing to do. Idempotent: completed work is verified each minute, not repeated."""
    mine = ctx.store.control.record()
    record = deposed_by(mine, _peer_record(ctx), here=ctx.region)
    if record is None:
        return {"deposed": False}
    if record != mine:
        # First of all: everything else in this region acts by its record, the keeper of the latch for one.
        ctx.store.control.change_record(record)
    paused = ctx.store.control.paused()
    if paused is not None:
        log.warn(f"{ctx.region} is deposed but not fenced: the automation is {paused}")
        return {"deposed": True, "complete": False}
    verdict = _fence(record, ctx)
    return {"deposed": True, "complete": verdict.complete}


def _peer_record(ctx: StepContext) -> SystemRecord | None:
    """A peer that does not respond is unknown, and unknown fences nothing."""
    try:
        return ctx.peer.control.record()
    except LyoDrError as silence:
        log.say(f"The record of {ctx.peer_region} is unknown: {silence}", peer=ctx.peer_region)
        return None


def _fence(record: SystemRecord, ctx: StepContext) -> OwnFence:
    book = f"deposed-epoch-{record.epoch}"

    def note(name: str, state: ServiceState) -> None:
        if state.desired or state.minimum_capacity:
            had = {"desired": state.desired, "minimum": state.minimum_capacity, "maximum": state.maximum_capacity}
            ctx.store.incidents.record_once(book, "FENCE", name, **had)

    stopped = stop_services(ctx.plan, ctx.region, note)
    # What was left has no other authority anywhere, so there is nothing to keep its users from.
    moved = [database.name for database in ctx.plan.databases if database.way != "leave"]
    closures = [_close(name, record.epoch, ctx) for name in moved]
    verdict = own_fence(record, [service.name for service in ctx.plan.services], stopped, closures)
    if ctx.store.fences.own() != verdict:
        ctx.store.fences.say(verdict)
        ctx.record(book, verdict.sentence)
    notify(ctx, book, fenced_itself(ctx.region, verdict.sentence))
    return verdict


def _close(database: str, epoch: int, ctx: StepContext) -> Closure:
    """Calls the function inside the VPC. Without a result the database counts as not closed; retried next minute."""
    function = ctx.names.function("keeper", "CloseDatabase")
    try:
        answer = invoke(function, {"database": database, "epoch": epoch}, ctx.region)
    except LyoDrError as failure:
        return Closure(database=database, closed=False, reason=str(failure))
    return msgspec.convert(answer, Closure)
