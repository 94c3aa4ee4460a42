"""ThrowLatch: stop serving the lost region's record, using only the data plane of this region."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.cloudwatch import write_latch
from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident


class Request(msgspec.Struct, frozen=True):
    """The incident that moves the traffic."""

    incident: Incident


@step("ThrowLatch", Request, stage="switch")
@irreversible
def handler(request: Request, ctx: StepContext) -> Any:
    """Idempotent. No Route 53 call is made: its control plane may be down with the region."""
    record = ctx.names.record_of(request.incident.lost_region)
    write_latch(ctx.region, record, off=True)
    ctx.record(request.incident.id, f"Latch set: the {record} record is no longer served")
    return {"record": record}
