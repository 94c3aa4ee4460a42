"""One observation of a region: its apps and witness, and the endpoints that tell its outage from our own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from lyo_dr.adapters.http import probe
from lyo_dr.context import StepContext
from lyo_dr.model.facts import Probe, Probes


def probe_apps(region: str, ctx: StepContext, database: str) -> list[Probe]:
    """Probe the apps of a region that report about a database, bypassing the public name, in parallel."""
    plan = ctx.plan
    asked = [service for service in plan.services if service.listens]
    urls = [each.ready_url(region) for each in asked if plan.database_behind(each).name == database]
    return _probe_all(urls, ctx)


def probe_region(region: str, ctx: StepContext) -> Probes:
    """Probes run in parallel, each within the plan's probe timeout, so the whole observation does, too."""
    asked, witness = [service for service in ctx.plan.services if service.listens], ctx.plan.observers.witness
    apps = [service.ready_url(region) for service in asked if service.critical]
    others = [service.ready_url(region) for service in asked if not service.critical]
    witnesses = [witness.replace("{region}", each) for each in (region, ctx.region, ctx.plan.regions.neutral)]
    began = ctx.now()
    answers = _probe_all([*apps, *others, *witnesses], ctx)
    return Probes(
        apps=answers[: len(apps)],
        others=answers[len(apps) : -3],
        witness=answers[-3],
        own=answers[-2],
        neutral=answers[-1],
        at=began,
    )


def _probe_all(urls: list[str], ctx: StepContext) -> list[Probe]:
    seconds = ctx.plan.timing.probe_timeout.total_seconds()
    with ThreadPoolExecutor(max_workers=max(1, len(urls))) as pool:
        return list(pool.map(lambda url: probe(url, seconds), urls))
