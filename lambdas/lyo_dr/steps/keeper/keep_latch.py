"""Every minute: repeat the latch this region holds, as the system record says.

A health check on a silent metric keeps its last verdict; a metric that is repeated keeps it true.
"""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters import environment, log
from lyo_dr.adapters.aws.metrics import write_latch
from lyo_dr.decisions.traffic import latch_value
from lyo_dr.doorman import Here


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Writes one value. Reads the record first, every time: a value from memory could be of an older epoch."""
    if event.get("warm") is True:
        return {"warm": True}
    here = Here(environment.plan(), environment.region(), "KeepLatch")
    regions = here.plan.regions
    off = latch_value(here.system.record(), here=here.region, primary=regions.primary, secondary=regions.secondary)
    record = here.names.record_of(here.peer)
    write_latch(here.region, record, off=off)
    log.say("The latch is repeated", record=record, off=off)
    return {"record": record, "off": off}
