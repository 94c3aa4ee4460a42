"""FenceDeposed: fence the deposed region from outside, every minute until that is confirmed.

Runs in the region that took over, as a second mechanism: the deposed region fences itself when it comes back, and
this function does if that region's keeper does not.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.keeper.aftermath import fence_confirmed
from lyo_dr.decisions.keeper.deposed import judge_deposed, must_be_fenced
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.fence import Deposed, OwnFence, Stopped
from lyo_dr.services.common.fences import stop_services
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The schedule's event, of which nothing is needed."""


@step("FenceDeposed", Request)
def handler(_request: Request, ctx: StepContext) -> dict[str, Any]:
    """One read if no region is deposed; only reads once the fence is confirmed and announced."""
    record = ctx.store.control.record()
    if not must_be_fenced(record, here=ctx.region):
        return {"deposed": False}
    # On record since TakeAuthority; after a failover by hand it is not.
    known = ctx.store.fences.expect(record.epoch, f"deposed-epoch-{record.epoch}")
    if known.confirmed_at is None and ctx.store.control.paused() is None:
        known = _look(known, ctx)
    if known.confirmed_at is not None:
        notify(ctx, known.incident, fence_confirmed(ctx.peer_region, known.sentence))
    return {"deposed": True, "confirmed": known.confirmed_at is not None}


def _look(known: Deposed, ctx: StepContext) -> Deposed:
    stopped = stop_services(ctx.plan, ctx.peer_region, lambda name, state: _note(known, name, state, ctx))
    services = [service.name for service in ctx.plan.services]
    verdict = judge_deposed(
        known, ctx.peer_region, services, stopped, _own_word(stopped, ctx), now=ctx.now(), by=ctx.step
    )
    if verdict != known:
        ctx.store.fences.keep(verdict)
    if verdict.confirmed_at is not None:
        ctx.record(known.incident, verdict.sentence)
    return verdict


def _note(known: Deposed, name: str, state: ServiceState, ctx: StepContext) -> None:
    if state.desired or state.minimum_capacity:
        had = {"desired": state.desired, "minimum": state.minimum_capacity, "maximum": state.maximum_capacity}
        ctx.store.incidents.record_once(known.incident, "FENCE", name, **had)


def _own_word(stopped: Stopped, ctx: StepContext) -> OwnFence | None:
    """What the region says of itself. A region whose services were silent is not asked a second time."""
    if not stopped.heard:
        return None
    try:
        return ctx.peer.fences.own()
    except LyoDrError:
        return None
