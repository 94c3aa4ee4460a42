"""Asking as a user would: resolve the name freshly through the plan's resolvers, then ask who answers there."""

from __future__ import annotations

from lyo_dr.adapters import dns
from lyo_dr.adapters.http import probe
from lyo_dr.context import StepContext
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.model.facts import Probe


def ask_front_door(ctx: StepContext, path: str) -> Probe:
    """One answer of the front door; a cached address would ask the lost region."""
    url = ctx.plan.traffic.url + path
    found = addresses(ctx, ctx.plan.traffic.name)
    if not found:
        return Probe(url=url, error=f"{ctx.plan.traffic.name} does not resolve")
    return probe(url, ctx.plan.timing.probe_timeout.total_seconds(), address=found[0])


def addresses(ctx: StepContext, name: str) -> list[str]:
    """Where a name leads; an address leads to itself, and no answer to nowhere."""
    if dns.is_address(name):
        return [name]
    try:
        return dns.resolve(name, ctx.plan.traffic.resolvers, ctx.plan.timing.probe_timeout.total_seconds())
    except ServiceUnreachable:
        return []
