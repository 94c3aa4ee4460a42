"""What goes wrong without a region being lost: the product has to keep its hands still."""

from __future__ import annotations

import time

from drills.engine.context import DrillContext

_BLIP_SECONDS = 2.0
"""Shorter than the agreement of the rehearsal's plan."""
_RESTART_SECONDS = 3.0
"""About as long, against the agreement of the rehearsal's plan, as a failover between zones is against AWS's."""
_FLAPS = 5
_OURS = "lyo-dr"


def blip(ctx: DrillContext) -> float:
    """Nothing of the primary's front answers, for a moment."""
    at = _fault(ctx, f"{ctx.primary} is silent for {_BLIP_SECONDS:g} s")
    ctx.world.host.disturb_balancer(ctx.primary, silent=True)
    ctx.let_pass(_BLIP_SECONDS)
    ctx.world.host.disturb_balancer(ctx.primary)
    return at


def brownout(ctx: DrillContext) -> float:
    """Two of five requests to the primary fail; its database is well."""
    at = _fault(ctx, f"40 % of the requests to {ctx.primary} fail; its database is well")
    ctx.world.host.disturb_balancer(ctx.primary, errors=0.4)
    return at


def restart_databases(ctx: DrillContext) -> float:
    """Every database of the primary is away for seconds, as when RDS fails over between zones."""
    at = _fault(ctx, f"The databases of {ctx.primary} fail over between zones ({_RESTART_SECONDS:g} s)")
    for database in ctx.world.plan.databases:
        ctx.world.host.restart_database(database.instances[ctx.primary], _RESTART_SECONDS)
    return at


def flap(ctx: DrillContext) -> float:
    """The primary's front comes and goes."""
    at = _fault(ctx, f"{ctx.primary} comes and goes, {_FLAPS} times")
    for _ in range(_FLAPS):
        ctx.world.host.disturb_balancer(ctx.primary, silent=True)
        ctx.let_pass(_BLIP_SECONDS)
        ctx.world.host.disturb_balancer(ctx.primary)
        ctx.let_pass(_BLIP_SECONDS)
    return at


def cut_us_off(ctx: DrillContext) -> float:
    """The recovery region's own view is cut: it reaches neither the primary nor anything else. Users notice nothing."""
    at = _fault(ctx, f"{ctx.secondary} is cut off from everything outside; users notice nothing")
    ctx.world.host.disturb_balancer(ctx.primary, deaf_to=_OURS)
    elsewhere = f"{ctx.primary}|{ctx.world.plan.regions.neutral}"
    ctx.world.aws.set_faults([{"service": "witness", "region": elsewhere, "kind": "blackhole"}])
    return at


def lose_primary_while_recovery_ails(ctx: DrillContext) -> float:
    """The primary is lost, and the control planes of the recovery region answer errors: it cannot take over."""
    ailing = (
        {"region": ctx.secondary, "service": "witness", "kind": "blackhole"},
        {"region": ctx.secondary, "service": "rds|ecs", "app": "(?!drill$).*", "kind": "unavailable"},
    )
    at = ctx.world.lose_region(ctx.primary, ailing)
    ctx.screen.fault(at, f"{ctx.primary} is lost, and {ctx.secondary} ails: no endpoint, no RDS, no ECS")
    return at


def lose_primary_after_the_link(ctx: DrillContext, seconds: float) -> float:
    """The replicas stop receiving some time before the primary is lost: so much work never left it."""
    ctx.screen.stage(f"The link to the replicas is cut, {seconds:g} s before the loss; nobody notices")
    for database in ctx.world.plan.databases:
        ctx.world.host.set_relay(database.instances[ctx.secondary], cut=True)
    ctx.let_pass(seconds)
    at = ctx.world.lose_region(ctx.primary)
    ctx.screen.fault(at, f"{ctx.primary} is lost: databases, tasks, load balancer, functions and API")
    return at


def mend(ctx: DrillContext) -> None:
    """Everything that was disturbed is right again."""
    ctx.screen.stage("Everything is right again")
    ctx.world.host.disturb_balancer(ctx.primary)
    ctx.world.aws.set_faults([])


def _fault(ctx: DrillContext, sentence: str) -> float:
    at = time.time()
    ctx.screen.fault(at, sentence)
    return at
