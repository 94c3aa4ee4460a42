"""One observation of a region: its apps and witness, and the endpoints that tell its outage from our own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from lyo_dr.adapters.http import probe
from lyo_dr.context import StepContext
from lyo_dr.model.facts import Probe, Probes


def probe_apps(region: str, ctx: StepContext) -> list[Probe]:
    """Probe the apps of a region directly, bypassing the public name, in parallel."""
    urls = [service.places[region].url + service.ready_path for service in ctx.plan.services]
    seconds = ctx.plan.timing.probe_timeout.total_seconds()
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        return list(pool.map(lambda url: probe(url, seconds), urls))


def probe_region(region: str, ctx: StepContext) -> Probes:
    """Probes run in parallel, each within the plan's probe timeout, so the whole observation does, too."""
    apps = [service.places[region].url + service.ready_path for service in ctx.plan.services]
    witness = ctx.plan.observers.witness
    others = [witness.replace("{region}", each) for each in (region, ctx.region, ctx.plan.regions.neutral)]
    seconds = ctx.plan.timing.probe_timeout.total_seconds()
    began = ctx.now()
    with ThreadPoolExecutor(max_workers=len(apps) + len(others)) as pool:
        answers = list(pool.map(lambda url: probe(url, seconds), [*apps, *others]))
    return Probes(apps=answers[: len(apps)], witness=answers[-3], own=answers[-2], neutral=answers[-1], at=began)
