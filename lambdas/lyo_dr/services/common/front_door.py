"""Request as a user would send it: resolve the name through the plan's resolvers, without cache, then probe it."""

from __future__ import annotations

from lyo_dr.adapters import dns
from lyo_dr.adapters.http import probe
from lyo_dr.context import StepContext
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.model.facts import Probe


def ask_front_door(ctx: StepContext, path: str | None = None) -> Probe:
    """Probe the public name; a cached address would reach the lost region. Without a path: is its service ready?"""
    url = ctx.plan.traffic.url + (ctx.plan.front_service().ready_path if path is None else path)
    found = addresses(ctx, ctx.plan.traffic.name)
    if not found:
        return Probe(url=url, error=f"{ctx.plan.traffic.name} does not resolve")
    return probe(url, ctx.plan.timing.probe_timeout.total_seconds(), address=found[0])


def addresses(ctx: StepContext, name: str) -> list[str]:
    """Resolve a name; an address resolves to itself, a failed lookup to nothing."""
    if dns.is_address(name):
        return [name]
    try:
        return dns.resolve(name, ctx.plan.traffic.resolvers, ctx.plan.timing.probe_timeout.total_seconds())
    except ServiceUnreachable:
        return []
