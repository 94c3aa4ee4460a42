"""KeepLatch, every minute: rewrite the latch of this region, as the system record says.

A health check on a silent metric keeps its last verdict; a metric that is repeated keeps it true.
"""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.cloudwatch import write_latch
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.traffic import latch_value
from lyo_dr.handler import scheduled


@scheduled("KeepLatch")
def handler(ctx: StepContext) -> dict[str, Any]:
    """Writes one value. Reads the record first, every time: a value from memory could be of an older epoch."""
    regions = ctx.plan.regions
    off = latch_value(ctx.store.control.record(), here=ctx.region, primary=regions.primary, secondary=regions.secondary)
    record = ctx.names.record_of(ctx.peer_region)
    write_latch(ctx.region, record, off=off)
    log.say("Latch repeated", record=record, off=off)
    return {"record": record, "off": off}
