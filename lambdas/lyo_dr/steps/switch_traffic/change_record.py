"""ChangeRecord: point the DNS records to this region, if they still have the expected value (compare and set)."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.route53 import front_records, lead_to
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.traffic import kinds_to_change, record_objection
from lyo_dr.errors import LyoDrError
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident


class RecordNotExpected(LyoDrError):
    """The DNS record has an unexpected value; it is left to people."""


class Request(msgspec.Struct, frozen=True):
    """The incident that moves the traffic."""

    incident: Incident


@step("ChangeRecord", Request, stage="switch")
@irreversible
def handler(request: Request, ctx: StepContext) -> Any:
    """Idempotent: submitting again gives a new change to wait for. Raises RecordNotExpected."""
    incident, traffic = request.incident, ctx.plan.traffic
    wanted = traffic.targets[ctx.region]
    found = front_records(traffic)
    objection = record_objection(traffic.name, found, previous=traffic.targets[incident.lost_region], wanted=wanted)
    if objection is not None:
        ctx.record(incident.id, f"The record is not changed: {objection}")
        raise RecordNotExpected(objection)
    kinds = kinds_to_change(found, wanted)
    change = lead_to(traffic, wanted, kinds, f"Lyo DR incident {incident.id}")
    what = "The record" if kinds == ["A"] else f"The {' and '.join(kinds)} record"
    ctx.record(incident.id, f"{what} of {traffic.name} is changed to point to {ctx.region} (change {change})")
    return {"id": change, "submitted_at": ctx.now()}
