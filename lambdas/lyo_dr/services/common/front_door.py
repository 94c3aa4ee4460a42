"""Request as a user would send it: resolve a name through the plan's resolvers, without cache, then probe it."""

from __future__ import annotations

from lyo_dr.adapters import dns
from lyo_dr.adapters.http import probe
from lyo_dr.context import StepContext
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.model.facts import Probe
from lyo_dr.model.plan import Traffic


def ask_front_door(ctx: StepContext, front: Traffic, path: str) -> Probe:
    """Probe a path through a public name; a cached address would reach the lost region."""
    url = front.url + path
    found = addresses(ctx, front, front.name)
    if not found:
        return Probe(url=url, error=f"{front.name} does not resolve")
    return probe(url, ctx.plan.timing.probe_timeout.total_seconds(), address=found[0])


def ask_services(ctx: StepContext) -> list[Probe]:
    """Is every service ready that traffic waits for, through each name it answers behind?"""
    return [
        ask_front_door(ctx, front, service.ready_path)
        for front in ctx.plan.fronts()
        for service in ctx.plan.critical_behind(front)
    ]


def addresses(ctx: StepContext, front: Traffic, name: str) -> list[str]:
    """Resolve a name by the resolvers of a public one; an address resolves to itself, a failed lookup to nothing."""
    if dns.is_address(name):
        return [name]
    try:
        return dns.resolve(name, front.resolvers, ctx.plan.timing.probe_timeout.total_seconds())
    except ServiceUnreachable:
        return []


def leads_by_cname(ctx: StepContext, front: Traffic, host: str) -> bool:
    """Whether a CNAME of the public name, or of what that leads to, is this host; a failed lookup shows none."""
    wanted = host.rstrip(".").lower()
    try:
        return wanted in dns.aliases(front.name, front.resolvers, ctx.plan.timing.probe_timeout.total_seconds())
    except ServiceUnreachable:
        return False
