"""TakeAuthority: this region is active from now on; its keeper repeats what the record says."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident, SystemRecord


class Request(msgspec.Struct, frozen=True):
    """The incident that moves the authority."""

    incident: Incident


@step("TakeAuthority", Request)
@guard
def handler(request: Request, here: Here) -> Any:
    """Compare and set on the epoch: an older incident that wakes up late cannot take it back.

    The answer also says by which strategy traffic moves, for the machine's next choice.
    """
    incident = request.incident
    changed = here.system.change_record(
        SystemRecord(active_region=here.region, standby_region=None, epoch=incident.epoch)
    )
    here.fences.expect(incident.epoch, incident.id)
    here.incidents.set(incident.id, authority="taken")
    sentence = f"{here.region} is active at epoch {incident.epoch}; there is no standby until a new replica streams"
    here.tell(incident.id, sentence if changed else f"{here.region} was active at epoch {incident.epoch} already")
    return {"active_region": here.region, "epoch": incident.epoch, "strategy": here.plan.traffic.strategy}
