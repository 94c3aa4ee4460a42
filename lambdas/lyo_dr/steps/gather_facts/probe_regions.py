"""ProbeRegions: probe the lost region's apps and endpoints, and those that tell its outage from ours. In parallel."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.facts import Probes
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.probing import probe_region


class Request(msgspec.Struct, frozen=True):
    """The incident whose lost region is asked."""

    incident: Incident


@step("ProbeRegions", Request)
def handler(request: Request, ctx: StepContext) -> Probes:
    """Reads only."""
    return probe_region(request.incident.lost_region, ctx)
