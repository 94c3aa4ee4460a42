"""TakeAuthority: make this region the active one; its keeper maintains the latch from the record."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.front_names import switch_strategy
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident, SystemRecord


class Request(msgspec.Struct, frozen=True):
    """The incident that moves the authority."""

    incident: Incident


@step("TakeAuthority", Request, stage="switch")
@irreversible
def handler(request: Request, ctx: StepContext) -> Any:
    """Compare and set on the epoch: a late retry of an older incident cannot take it back.

    The answer also says by which strategy traffic moves, ``both`` included, for the machine's next choice.
    """
    incident = request.incident
    changed = ctx.store.control.change_record(
        SystemRecord(active_region=ctx.region, standby_region=None, epoch=incident.epoch)
    )
    ctx.store.fences.expect(incident.epoch, incident.id)
    ctx.store.incidents.set(incident.id, authority="taken")
    sentence = f"{ctx.region} is active at epoch {incident.epoch}; there is no standby until a new replica streams"
    ctx.record(incident.id, sentence if changed else f"{ctx.region} was active at epoch {incident.epoch} already")
    return {"active_region": ctx.region, "epoch": incident.epoch, "strategy": switch_strategy(ctx.plan)}
