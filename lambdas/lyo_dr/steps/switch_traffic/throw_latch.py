"""ThrowLatch: take the lost region's record out of the answer, on the data plane of this region."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.metrics import write_latch
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident


class Request(msgspec.Struct, frozen=True):
    """The incident that moves the traffic."""

    incident: Incident


@step("ThrowLatch", Request)
@guard
def handler(request: Request, here: Here) -> Any:
    """Writing it again changes nothing. No Route 53 call is made: its control plane may be down with the region."""
    record = here.names.record_of(request.incident.lost_region)
    write_latch(here.region, record, off=True)
    here.tell(request.incident.id, f"The latch is thrown: the {record} record is out of the answer")
    return {"record": record}
