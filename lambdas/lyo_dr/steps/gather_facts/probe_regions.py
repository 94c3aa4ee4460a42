"""ProbeRegions: ask the lost region's apps and endpoints, and those that tell its silence from ours. All at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec

from lyo_dr.adapters.http import probe
from lyo_dr.doorman import Here, step
from lyo_dr.model.facts import Probes
from lyo_dr.model.incident import Incident


class Request(msgspec.Struct, frozen=True):
    """The incident whose lost region is asked."""

    incident: Incident


@step("ProbeRegions", Request)
def handler(request: Request, here: Here) -> Probes:
    """Every probe ends within the plan's probe timeout, so the whole look does, too."""
    lost = request.incident.lost_region
    apps = [service.places[lost].url + service.ready_path for service in here.plan.services]
    witness = here.plan.observers.witness
    others = [witness.replace("{region}", region) for region in (lost, here.region, here.plan.regions.neutral)]
    seconds = here.plan.timing.probe_timeout.total_seconds()
    with ThreadPoolExecutor(max_workers=len(apps) + len(others)) as pool:
        answers = list(pool.map(lambda url: probe(url, seconds), [*apps, *others]))
    return Probes(apps=answers[: len(apps)], witness=answers[-3], own=answers[-2], neutral=answers[-1])
