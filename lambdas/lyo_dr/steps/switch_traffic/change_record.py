"""ChangeRecord: let the front record lead to this region, if it still says what is expected."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.route53 import front_records, lead_to
from lyo_dr.decisions.traffic import record_objection
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident


class RecordNotExpected(LyoDrError):
    """The front record says something we did not expect; it is left to people."""


class Request(msgspec.Struct, frozen=True):
    """The incident that moves the traffic."""

    incident: Incident


@step("ChangeRecord", Request)
@guard
def handler(request: Request, here: Here) -> Any:
    """Submitted again it changes nothing, and gives a new change to wait for. Raises RecordNotExpected."""
    incident, traffic = request.incident, here.plan.traffic
    wanted = traffic.targets[here.region]
    objection = record_objection(
        traffic.name, front_records(traffic), previous=traffic.targets[incident.lost_region], wanted=wanted
    )
    if objection is not None:
        here.tell(incident.id, f"The record is left alone: {objection}")
        raise RecordNotExpected(objection)
    change = lead_to(traffic, wanted, f"Lyo DR incident {incident.id}")
    here.tell(incident.id, f"The record of {traffic.name} is changed to lead to {here.region} (change {change})")
    return {"id": change, "submitted_at": here.now()}
